"""DaemonSets: one pod on each node that takes it, updated a few nodes at a time."""

import math
from collections.abc import Iterator

from playground.cluster.controllers.conditions import is_active, is_finished, is_ready
from playground.cluster.controllers.events import Recorder
from playground.cluster.controllers.ownership import owner_key
from playground.cluster.controllers.replicaset import pod_from
from playground.cluster.controllers.revisions import REVISION_LABEL, Revisions
from playground.cluster.controllers.rollout import resolve
from playground.cluster.kobject import Key, Object, is_dying, key_of, labels_of
from playground.cluster.resources import DAEMONSETS, NODES, PODS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

COMPONENT = "daemonset-controller"
_TOLERATED = (
    ("node.kubernetes.io/not-ready", "NoExecute"), ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"), ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"), ("node.kubernetes.io/unschedulable", "NoSchedule"),
)  # fmt: skip
_TOLERATIONS = [{"key": key, "operator": "Exists", "effect": effect} for key, effect in _TOLERATED]
"""What every daemon pod tolerates, so that neither a cordon nor a lost node removes it."""


class DaemonSetController:
    def __init__(self, state: ClusterState, recorder: Recorder) -> None:
        self._state = state
        self._recorder = recorder
        self._revisions = Revisions(state)

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is DAEMONSETS and change.type != "DELETED":
            yield key_of(change.object)
        elif resource is PODS:
            yield from filter(None, [owner_key(change.object, "DaemonSet")])
        elif resource is NODES and change.type != "MODIFIED":
            yield from (key_of(each) for each in self._state.store.each(DAEMONSETS))

    def reconcile(self, key: Key) -> float | None:
        wanted = self._state.find(DAEMONSETS, *key)
        if wanted is None or is_dying(wanted):
            return None
        revision = self._revisions.ensure(wanted)
        nodes = [node["metadata"]["name"] for node in self._state.store.items(NODES) if _fits(wanted, node)]
        pods = self._state.store.owned(wanted, PODS)
        self._place(wanted, nodes, pods, revision)
        self._update(wanted, nodes, [pod for pod in pods if is_active(pod)], revision)
        self._revisions.forget(wanted, {revision})
        self._report(key, nodes, revision)
        return None

    def _place(self, wanted: Object, nodes: list[str], pods: list[Object], revision: str) -> None:
        held = set()
        for pod in pods:
            node = pod["spec"].get("nodeName", "")
            if is_finished(pod) or node not in nodes:
                self._state.delete_quietly(PODS, pod)
            held.add(node)
        for node in nodes:
            if node not in held:
                pod = pod_from(wanted)
                pod["metadata"]["labels"][REVISION_LABEL] = revision
                tolerations = [*(pod["spec"].get("tolerations") or ()), *_TOLERATIONS]
                pod["spec"] = {**pod["spec"], "nodeName": node, "tolerations": tolerations}
                created = self._state.create(PODS, pod)
                told = f"Created pod: {created['metadata']['name']}"
                self._recorder.normal(wanted, "SuccessfulCreate", told, COMPONENT)

    def _update(self, wanted: Object, nodes: list[str], pods: list[Object], revision: str) -> None:
        strategy = wanted["spec"]["updateStrategy"]
        if strategy["type"] != "RollingUpdate":
            return
        most = resolve((strategy.get("rollingUpdate") or {}).get("maxUnavailable", 1), len(nodes), math.ceil)
        room = most - sum(not is_ready(pod) for pod in pods) - (len(nodes) - len(pods))
        old = [pod for pod in pods if labels_of(pod).get(REVISION_LABEL) != revision]
        for pod in sorted(old, key=is_ready):
            if is_ready(pod):
                room -= 1
                if room < 0:
                    return
            self._state.delete_quietly(PODS, pod)

    def _report(self, key: Key, nodes: list[str], revision: str) -> None:
        wanted = self._state.find(DAEMONSETS, *key)
        if wanted is None:
            return
        pods = [pod for pod in self._state.store.owned(wanted, PODS) if is_active(pod)]
        ready = sum(is_ready(pod) for pod in pods)
        status: Object = {
            "observedGeneration": wanted["metadata"]["generation"], "desiredNumberScheduled": len(nodes),
            "currentNumberScheduled": len(pods), "numberMisscheduled": 0, "numberReady": ready,
        }  # fmt: skip
        optional = {
            "updatedNumberScheduled": sum(labels_of(pod).get(REVISION_LABEL) == revision for pod in pods),
            "numberAvailable": ready, "numberUnavailable": len(nodes) - ready,
        }  # fmt: skip
        status |= {name: count for name, count in optional.items() if count > 0}
        self._state.set_status(DAEMONSETS, wanted, status)


def _fits(wanted: Object, node: Object) -> bool:
    selector = wanted["spec"]["template"]["spec"].get("nodeSelector") or {}
    return all(labels_of(node).get(name) == value for name, value in selector.items())
