"""The kubelets: start the containers of pods that were assigned to their nodes, report on them, and end them."""

from collections.abc import Callable, Iterator, Mapping

from playground.cluster.clock import moment_of
from playground.cluster.controllers.conditions import is_finished
from playground.cluster.controllers.events import Recorder
from playground.cluster.kobject import Key, Object, is_dying, key_of, labels_of
from playground.cluster.nodes.container import Container
from playground.cluster.nodes.container_run import Phase, Restart
from playground.cluster.nodes.environment import configuration_error, machine_of, missing_volume
from playground.cluster.nodes.pod_run import PodRun
from playground.cluster.nodes.pod_status import pod_status
from playground.cluster.nodes.probes import probes_of
from playground.cluster.nodes.program import Program, program_for
from playground.cluster.nodes.shell import Machine, Step
from playground.cluster.objects.lifecycle import DeleteOptions
from playground.cluster.resources import CONFIGMAPS, NODES, PODS, PVCS, SECRETS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

COMPONENT = "kubelet"

Acting = Callable[[Mapping[str, str]], Iterator[Step]]
"""Acts as a container: told its environment, it says its log, waits and exits, and may do real things meanwhile."""


class Kubelets:
    """All nodes' kubelets in one: which node a pod is on matters only while that node is up."""

    def __init__(self, state: ClusterState, recorder: Recorder) -> None:
        self._state = state
        self._recorder = recorder
        self._runs: dict[str, PodRun] = {}
        self._next_address: dict[str, int] = {}
        self._down: set[str] = set()
        self.programs: dict[str, Acting] = {}
        """By the label `app` of pods: what the demo acts out with real folders, instead of the container's command."""

    # for people and other parts of the cluster

    def run_of(self, pod: Object) -> PodRun | None:
        return self._runs.get(pod["metadata"]["uid"])

    def take_down(self, node: str) -> None:
        """Let a node fall silent: its pods are neither reported on nor ended."""
        self._down.add(node)

    def bring_up(self, node: str) -> list[Key]:
        """Let a node answer again; returns the pods to look at."""
        self._down.discard(node)
        return [key_of(pod) for pod in self._state.store.each(PODS) if pod["spec"].get("nodeName") == node]

    def is_down(self, node: str) -> bool:
        return node in self._down

    def crash(self, pod: Object, *, code: int = 137, reason: str = "OOMKilled") -> None:
        """End the containers of a pod as a fault from outside would."""
        run = self.run_of(pod)
        for container in run.main if run else ():
            container.kill(code, reason)

    # as a controller

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is PODS and change.object["spec"].get("nodeName"):
            if change.type == "DELETED":
                self._runs.pop(change.object["metadata"]["uid"], None)
            else:
                yield key_of(change.object)
        elif resource in {SECRETS, CONFIGMAPS, PVCS} and change.type == "ADDED":
            namespace = change.object["metadata"]["namespace"]
            yield from (key_of(pod) for pod in self._state.store.each(PODS, namespace) if self._waits(pod))

    def _waits(self, pod: Object) -> bool:
        run = self.run_of(pod)
        return run is not None and any(each.phase in {Phase.WAITING, Phase.CONFIG_ERROR} for each in run.all)

    def reconcile(self, key: Key) -> float | None:
        pod = self._state.find(PODS, *key)
        if pod is None or not self._answers(pod["spec"].get("nodeName", "")):
            return None
        run = self._runs.get(pod["metadata"]["uid"])
        if is_dying(pod):
            return self._end(pod, run)
        if is_finished(pod) and run is None:
            return None
        if run is None:
            run = self._runs[pod["metadata"]["uid"]] = self._admit(pod)
        self._overrun_deadline(pod, run)
        waits = self._advance(pod, run)
        self._report(pod, run)
        return waits

    def _answers(self, node: str) -> bool:
        """Whether a kubelet looks after that node: one that fell silent, or was never there, leaves its pods alone."""
        return node not in self._down and self._state.find(NODES, "", node) is not None

    # starting

    def _admit(self, pod: Object) -> PodRun:
        machines: dict[str, Machine] = {}
        run = PodRun(pod["metadata"]["uid"], [], [], machines)
        restart = Restart(pod["spec"].get("restartPolicy", "Always"))
        for spec in pod["spec"].get("initContainers") or ():
            sidecar = spec.get("restartPolicy") == "Always"
            own = Restart.ALWAYS if sidecar else Restart.NEVER if restart is Restart.NEVER else Restart.ON_FAILURE
            run.init.append(self._container(pod, spec, own, run))
        for spec in pod["spec"]["containers"]:
            run.main.append(self._container(pod, spec, restart, run))
            if probes := probes_of(spec):
                run.probes[spec["name"]] = probes
        return run

    def _container(self, pod: Object, spec: Object, restart: Restart, run: PodRun) -> Container:
        metadata = pod["metadata"]

        def start() -> Program:
            machine = machine_of(self._state, pod, spec, run.machines.get(spec["name"]))
            run.machines[spec["name"]] = machine
            if acting := self.programs.get(labels_of(pod).get("app", "")):
                return Program(acting(machine.environment))
            return program_for(pod, spec, machine)

        return Container(
            spec=spec, restart=restart, start=start, check=lambda: configuration_error(self._state, pod, spec),
            new_id=lambda: f"containerd://{self._state.ids.hexadecimal(64)}", clock=self._state.clock,
            told_pod=f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})",
        )  # fmt: skip

    def _advance(self, pod: Object, run: PodRun) -> float | None:
        """Start what may start, let every container take its steps, and say when the next is due."""
        if not run.ip:
            missing = missing_volume(self._state, pod)
            if missing:
                self._recorder.warning(pod, "FailedMount", missing, COMPONENT, host=pod["spec"]["nodeName"])
                return None
            run.ip = self._address(pod["spec"]["nodeName"])
            self._begin(run)
        while True:
            for container in run.all:
                container.step()
            waits = self._probe(run)
            for container in run.all:
                self._tell(pod, container)
            if not self._begin(run):
                break
        for container in run.all:
            due = container.due_in_s()
            if due is not None:
                waits.append(due)
        return min(waits, default=None)

    def _probe(self, run: PodRun) -> list[float]:
        """Ask who is to be asked whether he lives and answers; say when to ask again."""
        asked = ((run.named(name), probe) for name, probes in run.probes.items() for probe in probes)
        waits = (
            probe.look(one, run.machines[one.spec["name"]], run.ip) for one, probe in asked if one and one.is_running
        )
        return [wait for wait in waits if wait is not None]

    def _begin(self, run: PodRun) -> bool:
        """Begin the next init container, or all containers once those are through; False when nothing began."""
        for container in run.init:
            if container.phase is Phase.WAITING:
                container.begin()
                return True
            through = container.is_running if container.restart is Restart.ALWAYS else _succeeded(container)
            if not through:
                return False
        waiting = [container for container in run.main if container.phase is Phase.WAITING]
        for container in waiting:
            container.begin()
        return bool(waiting)

    def _address(self, node: str) -> str:
        number = self._next_address.get(node, 1) + 1
        self._next_address[node] = number
        place = sorted(each["metadata"]["name"] for each in self._state.store.each(NODES)).index(node)
        return f"10.{244 + number // 65000}.{place * 16 + number // 250 % 16}.{number % 250 + 1}"

    def _tell(self, pod: Object, container: Container) -> None:
        field_path = f"spec.containers{{{container.spec['name']}}}"
        for happened in container.happened:
            tell = self._recorder.warning if happened.type == "Warning" else self._recorder.normal
            host = pod["spec"]["nodeName"]
            tell(pod, happened.reason, happened.message, COMPONENT, field=field_path, host=host)
        container.happened.clear()

    # ending

    def _overrun_deadline(self, pod: Object, run: PodRun) -> None:
        deadline, started = pod["spec"].get("activeDeadlineSeconds"), pod.get("status", {}).get("startTime")
        if deadline and started and self._state.clock.elapsed_s(moment_of(started)) >= deadline and not run.reason:
            run.reason, run.message = (
                "DeadlineExceeded",
                "Pod was active on the node longer than the specified deadline",
            )
            for container in run.all:
                container.kill(137)

    def _end(self, pod: Object, run: PodRun | None) -> float | None:
        """Give running containers their time to stop, then let the object go."""
        if run is None:
            self._let_go(pod)
            return None
        running = [container for container in run.all if container.is_running]
        if run.dying_since is None:
            run.dying_since = self._state.clock.now()
            self._tell_stopping(pod, running)
        grace_s = pod["metadata"].get("deletionGracePeriodSeconds", 30)
        slowest_s = max((each.run.program.stops_in_s for each in running if each.run), default=0.0)
        left_s: float = min(slowest_s, grace_s) - self._state.clock.elapsed_s(run.dying_since)
        if left_s > 0:
            return left_s
        for container in running:
            container.kill(137 if slowest_s > grace_s else 143)
        self._report(pod, run)
        self._let_go(pod)
        return None

    def _tell_stopping(self, pod: Object, running: list[Container]) -> None:
        for container in running:
            told, where = f"Stopping container {container.spec['name']}", f"spec.containers{{{container.spec['name']}}}"
            self._recorder.normal(pod, "Killing", told, COMPONENT, field=where, host=pod["spec"]["nodeName"])

    def _let_go(self, pod: Object) -> None:
        current = self._state.find(PODS, *key_of(pod))
        if current is not None:
            self._state.delete(PODS, current, DeleteOptions(grace_s=0))

    def _report(self, pod: Object, run: PodRun) -> None:
        status = pod_status(self._state, pod, run)
        self._state.set_status(PODS, pod, status)


def _succeeded(container: Container) -> bool:
    return container.phase is Phase.TERMINATED and container.run is not None and container.run.code == 0
