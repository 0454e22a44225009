"""Assigns pods to nodes: readiness, cordon, taints, node selectors and requests that must fit."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from playground.cluster.clock import stamp
from playground.cluster.controllers.conditions import is_finished, with_condition
from playground.cluster.controllers.events import Recorder
from playground.cluster.kobject import Key, Object, copied, is_dying, key_of, labels_of
from playground.cluster.nodes.quantity import amount
from playground.cluster.resources import NODES, PODS, PVCS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

COMPONENT = "default-scheduler"
_UNSCHEDULABLE_TAINT = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
_COUNTED = ("cpu", "memory")


@dataclass
class _Load:
    """What the pods of one node ask for."""

    requests: Counter[str] = field(default_factory=Counter)
    pods: int = 0


class Scheduler:
    def __init__(self, state: ClusterState, recorder: Recorder) -> None:
        self._state = state
        self._recorder = recorder
        self._loads: dict[str, _Load] = defaultdict(_Load)
        self._placed: dict[str, tuple[str, Counter[str]]] = {}
        self._waiting: set[Key] = set()

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is PODS:
            self._account(change)
            if change.type != "DELETED" and not change.object["spec"].get("nodeName"):
                yield key_of(change.object)
            elif change.type == "DELETED" or is_finished(change.object):
                yield from tuple(self._waiting)
        elif resource is NODES or (resource is PVCS and change.type != "DELETED"):
            yield from tuple(self._waiting)

    def reconcile(self, key: Key) -> float | None:
        pod = self._state.find(PODS, *key)
        if pod is None or pod["spec"].get("nodeName") or is_dying(pod):
            self._waiting.discard(key)
            return None
        refusals: Counter[str] = Counter()
        fitting = []
        nodes = self._state.store.items(NODES)
        for node in nodes:
            why = self._refusal(node, pod)
            if why:
                refusals[why] += 1
            else:
                fitting.append(node)
        if fitting:
            self._bind(pod, min(fitting, key=lambda node: self._loads[node["metadata"]["name"]].pods))
        else:
            self._refuse(pod, len(nodes), refusals)
        return None

    def _refusal(self, node: Object, pod: Object) -> str:
        """Return why a node cannot take a pod, in the scheduler's words; "" when it can."""
        spec = pod["spec"]
        taints = list(node["spec"].get("taints") or ())
        if node["spec"].get("unschedulable") and not _tolerates(spec, _UNSCHEDULABLE_TAINT):
            return "node(s) were unschedulable"
        for taint in taints:
            if taint["effect"] in {"NoSchedule", "NoExecute"} and not _tolerates(spec, taint):
                shown = f"{taint['key']}: {taint.get('value', '')}".rstrip()
                return f"node(s) had untolerated taint {{{shown}}}"
        labels = labels_of(node)
        if any(labels.get(name) != value for name, value in (spec.get("nodeSelector") or {}).items()):
            return "node(s) didn't match Pod's node affinity/selector"
        return self._shortage(node, pod)

    def _shortage(self, node: Object, pod: Object) -> str:
        offered, load = node["status"].get("allocatable") or {}, self._loads[node["metadata"]["name"]]
        if load.pods >= amount(offered.get("pods", "110")):
            return "Too many pods"
        for name, asked in requests_of(pod).items():
            if asked and load.requests[name] + asked > amount(offered.get(name, "0")) + 1e-9:
                return f"Insufficient {name}"
        return ""

    def _bind(self, pod: Object, node: Object) -> None:
        name = node["metadata"]["name"]
        bound = copied(pod)
        bound["spec"]["nodeName"] = name
        now = self._state.clock.now()
        placed = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
        conditions = with_condition(bound["status"].get("conditions") or [], placed, now)
        bound["status"]["conditions"] = conditions
        self._waiting.discard(key_of(pod))
        self._state.update(PODS, bound)
        full_name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        self._recorder.normal(pod, "Scheduled", f"Successfully assigned {full_name} to {name}", COMPONENT)

    def _refuse(self, pod: Object, nodes: int, refusals: Counter[str]) -> None:
        why = ", ".join(f"{count} {reason}" for reason, count in sorted(refusals.items()))
        told = f"0/{nodes} nodes are available: {why}. " if why else "no nodes available to schedule pods"
        if why:
            told += f"preemption: 0/{nodes} nodes are available: {nodes} Preemption is not helpful for scheduling."
        now = self._state.clock.now()
        refused = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": told,
                   "lastProbeTime": None, "lastTransitionTime": stamp(now)}  # fmt: skip
        self._waiting.add(key_of(pod))
        status = {**pod["status"], "conditions": with_condition(pod["status"].get("conditions") or [], refused, now)}
        if status != pod["status"]:
            self._state.set_status(PODS, pod, status)
            self._recorder.warning(pod, "FailedScheduling", told, COMPONENT)

    def _account(self, change: Change) -> None:
        """Keep the sums per node, so that placing a pod needs no scan of all pods."""
        pod = change.object
        uid, node = pod["metadata"]["uid"], pod["spec"].get("nodeName")
        gone = change.type == "DELETED" or is_finished(pod)
        if gone and uid in self._placed:
            node, asked = self._placed.pop(uid)
            self._loads[node].requests -= asked
            self._loads[node].pods -= 1
        elif not gone and node and uid not in self._placed:
            asked = Counter(requests_of(pod))
            self._placed[uid] = node, asked
            self._loads[node].requests += asked
            self._loads[node].pods += 1


def requests_of(pod: Object) -> dict[str, float]:
    """Return what a pod reserves: the sum of its containers, or its biggest init container."""
    spec = pod["spec"]
    total: dict[str, float] = {}
    for name in _COUNTED:
        running = sum(_asked(container, name) for container in spec["containers"])
        starting = max((_asked(container, name) for container in spec.get("initContainers") or ()), default=0.0)
        total[name] = max(running, starting)
    return total


def _asked(container: Object, name: str) -> float:
    return amount(((container.get("resources") or {}).get("requests") or {}).get(name, "0"))


def _tolerates(spec: Object, taint: Object) -> bool:
    return any(
        (toleration.get("key") in {None, taint["key"]})
        and (toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", ""))
        and toleration.get("effect") in {None, "", taint["effect"]}
        for toleration in spec.get("tolerations") or ()
    )
