"""Nodes: heartbeats by Lease, and what becomes of a node and its pods when it falls silent."""

from collections.abc import Iterator
from datetime import datetime

from playground.cluster.clock import micro_stamp, moment_of, stamp
from playground.cluster.controllers.conditions import is_finished, with_condition
from playground.cluster.controllers.events import Recorder
from playground.cluster.kobject import Key, Object, copied, is_dying, key_of
from playground.cluster.nodes.kubelet import Kubelets
from playground.cluster.nodes.registration import healthy, registered
from playground.cluster.resources import LEASES, NODES, PODS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

COMPONENT = "node-controller"
LEASE_NAMESPACE = "kube-node-lease"
HEARTBEAT_S, GRACE_S = 10.0, 50.0
"""The kubelet's lease interval and --node-monitor-grace-period."""
_UNREACHABLE = "node.kubernetes.io/unreachable"


class NodeController:
    def __init__(self, state: ClusterState, recorder: Recorder, kubelets: Kubelets) -> None:
        self._state = state
        self._recorder = recorder
        self._kubelets = kubelets

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is NODES and change.type != "DELETED":
            yield key_of(change.object)
        elif resource is PODS and change.type == "ADDED":
            node = change.object["spec"].get("nodeName", "")
            if self._kubelets.is_down(node):
                yield "", node

    def reconcile(self, key: Key) -> float | None:
        node = self._state.find(NODES, *key)
        if node is None:
            return None
        if not self._kubelets.is_down(key[1]):
            if not node.get("status", {}).get("conditions"):
                number = len(self._state.store.items(NODES))
                self._state.set_status(NODES, node, registered(node, number, self._state.clock.now()))
            elif _is_lost(node):
                self._recover(node)
            self._renew_lease(node)
            return HEARTBEAT_S
        return self._silent_for(node)

    def _renew_lease(self, node: Object) -> None:
        name, now = node["metadata"]["name"], micro_stamp(self._state.clock.now())
        lease = self._state.find(LEASES, LEASE_NAMESPACE, name)
        spec = {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": now}
        if lease is None:
            self._state.create(LEASES, {"metadata": {"name": name, "namespace": LEASE_NAMESPACE}, "spec": spec})
        elif self._state.clock.elapsed_s(_renewed(lease)) >= HEARTBEAT_S - 1:
            self._state.update(LEASES, {**lease, "spec": spec})

    def _silent_for(self, node: Object) -> float | None:
        lease = self._state.find(LEASES, LEASE_NAMESPACE, node["metadata"]["name"])
        silent_s = self._state.clock.elapsed_s(_renewed(lease)) if lease else GRACE_S
        if silent_s < GRACE_S:
            return GRACE_S - silent_s
        if not _is_lost(node):
            self._lose(node)
        return self._evict(node, silent_s - GRACE_S)

    def _lose(self, node: Object) -> None:
        now, lost = self._state.clock.now(), copied(node)
        for type_ in ("MemoryPressure", "DiskPressure", "PIDPressure", "Ready"):
            unknown = {
                "type": type_, "status": "Unknown", "reason": "NodeStatusUnknown", "lastHeartbeatTime": stamp(now),
                "message": "Kubelet stopped posting node status.",
            }  # fmt: skip
            lost["status"]["conditions"] = with_condition(lost["status"].get("conditions") or [], unknown, now)
        lost["spec"]["taints"] = [*(lost["spec"].get("taints") or ()), *(
            {"key": _UNREACHABLE, "effect": effect, "timeAdded": stamp(now)} for effect in ("NoSchedule", "NoExecute")
        )]  # fmt: skip
        self._state.update(NODES, lost)
        told = f"Node {node['metadata']['name']} status is now: NodeNotReady"
        self._recorder.normal(node, "NodeNotReady", told, COMPONENT)
        for pod in self._pods_on(node):
            unready = {"type": "Ready", "status": "False", "lastProbeTime": None}
            conditions = with_condition(pod["status"].get("conditions") or [], unready, now)
            self._state.set_status(PODS, pod, {**pod["status"], "conditions": conditions})
            self._recorder.warning(pod, "NodeNotReady", "Node is not ready", COMPONENT)

    def _evict(self, node: Object, lost_for_s: float) -> float | None:
        """Delete pods when their toleration of the loss has run out; they linger until the node is back."""
        waits = []
        for pod in self._pods_on(node):
            patience_s = _patience_s(pod)
            if patience_s is None or is_dying(pod):
                continue
            if lost_for_s >= patience_s:
                told = f"Marking for deletion Pod {pod['metadata']['namespace']}/{pod['metadata']['name']}"
                self._recorder.normal(pod, "TaintManagerEviction", told, "taint-eviction-controller")
                self._state.delete_quietly(PODS, pod)
            else:
                waits.append(patience_s - lost_for_s)
        return min(waits, default=None)

    def _recover(self, node: Object) -> None:
        now, back = self._state.clock.now(), copied(node)
        back["status"]["conditions"] = healthy(back["status"].get("conditions") or [], now)
        back["spec"]["taints"] = [taint for taint in back["spec"].get("taints") or () if taint["key"] != _UNREACHABLE]
        if not back["spec"]["taints"]:
            del back["spec"]["taints"]
        self._state.update(NODES, back)
        self._recorder.normal(node, "NodeReady", f"Node {node['metadata']['name']} status is now: NodeReady", "kubelet")

    def _pods_on(self, node: Object) -> list[Object]:
        name = node["metadata"]["name"]
        return [
            pod for pod in self._state.store.each(PODS) if pod["spec"].get("nodeName") == name and not is_finished(pod)
        ]


def _is_lost(node: Object) -> bool:
    return any(
        each["type"] == "Ready" and each["status"] == "Unknown" for each in node["status"].get("conditions") or ()
    )


def _renewed(lease: Object) -> datetime:
    return moment_of(lease["spec"]["renewTime"])


def _patience_s(pod: Object) -> float | None:
    """Return how long a pod stays on a lost node; None for ever."""
    for toleration in pod["spec"].get("tolerations") or ():
        if toleration.get("key") in {None, _UNREACHABLE} and toleration.get("effect") in {None, "", "NoExecute"}:
            seconds = toleration.get("tolerationSeconds")
            return None if seconds is None else float(seconds)
    return 0.0
