"""How much CPU and memory containers use: a share of what they ask for that sways slowly, the same for everyone."""

import math
import zlib

from playground.cluster.kobject import Object, annotations_of
from playground.cluster.nodes.kubelet import Kubelets
from playground.cluster.nodes.program import ANNOTATION
from playground.cluster.nodes.quantity import amount, cores, kibibytes
from playground.cluster.resources import PODS
from playground.cluster.state import ClusterState

SWAY_S = 300.0
"""One wave of load, in seconds."""
NODE_OWN_CORES, NODE_OWN_BYTES = 0.12, 900 * 2**20
"""What a node uses for itself."""
DEFAULT_CORES, DEFAULT_BYTES = 0.02, 64 * 2**20
"""What a container without requests uses."""


class Usage:
    def __init__(self, state: ClusterState, kubelets: Kubelets) -> None:
        self._state = state
        self._kubelets = kubelets

    def of_containers(self, pod: Object) -> list[Object]:
        """Return the usage of each running container, as PodMetrics holds it."""
        run = self._kubelets.run_of(pod)
        running = [each for each in run.main if each.is_running] if run else []
        return [
            {"name": each.spec["name"], "usage": _spelled(*self._used(pod, each.spec))} for each in running
        ]  # fmt: skip

    def of_node(self, node: Object) -> Object:
        cpu, memory = NODE_OWN_CORES, float(NODE_OWN_BYTES)
        for pod in self._state.store.each(PODS):
            if pod["spec"].get("nodeName") == node["metadata"]["name"]:
                used = self.of_pod(pod)
                cpu, memory = cpu + used[0], memory + used[1]
        return _spelled(cpu, memory)

    def of_pod(self, pod: Object) -> tuple[float, float]:
        """Return cores and bytes that a pod uses."""
        run = self._kubelets.run_of(pod)
        used = [self._used(pod, each.spec) for each in run.main if each.is_running] if run else []
        return sum(cpu for cpu, _ in used), sum(memory for _, memory in used)

    def _used(self, pod: Object, container: Object) -> tuple[float, float]:
        requests = (container.get("resources") or {}).get("requests") or {}
        marks = annotations_of(pod)
        cpu = amount(requests.get("cpu", DEFAULT_CORES)) * 0.45
        memory = amount(requests.get("memory", DEFAULT_BYTES)) * 0.7
        cpu = amount(marks.get(f"{ANNOTATION}cpu", cpu))
        memory = amount(marks.get(f"{ANNOTATION}memory", memory))
        phase = zlib.crc32(pod["metadata"]["uid"].encode()) % 1000 / 1000
        wave = math.sin(2 * math.pi * (self._state.clock.now().timestamp() / SWAY_S + phase))
        return cpu * (1 + 0.25 * wave), memory * (1 + 0.05 * wave)


def _spelled(cpu: float, memory: float) -> Object:
    return {"cpu": cores(cpu), "memory": kibibytes(memory)}
