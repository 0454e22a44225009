"""ReplicaSets: as many pods as asked for."""

from collections.abc import Iterable, Iterator

from playground.cluster.clock import moment_of
from playground.cluster.controllers.conditions import FAILURE, available_in_s, is_active, is_ready, with_condition
from playground.cluster.controllers.events import Recorder
from playground.cluster.controllers.ownership import adopt_orphans, claimed, owner_key, owner_reference
from playground.cluster.errors import ApiError
from playground.cluster.kobject import Key, Object, annotations_of, controller_of, is_dying, key_of, labels_of
from playground.cluster.resources import PODS, REPLICASETS, Resource
from playground.cluster.selectors import meets, selects
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

COMPONENT = "replicaset-controller"
AGAIN_S = 5.0
"""Until pods are asked for again that admission refused."""
BURST = 500
"""Pods made or deleted in one go, as in the real controller."""
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"


class ReplicaSetController:
    def __init__(self, state: ClusterState, recorder: Recorder) -> None:
        self._state = state
        self._recorder = recorder

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is REPLICASETS and change.type != "DELETED":
            yield key_of(change.object)
        elif resource is PODS:
            yield from self._owners(change.object)

    def _owners(self, pod: Object) -> Iterable[Key]:
        key = owner_key(pod, "ReplicaSet")
        if key is not None:
            return [key]
        if controller_of(pod) is not None or is_dying(pod):
            return []
        namespace = pod["metadata"]["namespace"]
        return [
            key_of(each) for each in self._state.store.each(REPLICASETS, namespace)
            if selects(each["spec"]["selector"], labels_of(pod))
        ]  # fmt: skip

    def reconcile(self, key: Key) -> float | None:
        replica_set = self._state.find(REPLICASETS, *key)
        if replica_set is None:
            return None
        selector = replica_set["spec"]["selector"]
        if not is_dying(replica_set):
            self._adopt(replica_set)
        pods = [pod for pod in claimed(self._state, replica_set, PODS, selector) if is_active(pod)]
        refused = None
        if not is_dying(replica_set):
            refused = self._scale(replica_set, pods)
            pods = [pod for pod in self._state.store.owned(replica_set, PODS) if is_active(pod)]
        waits = self._report(replica_set, pods, refused)
        return waits if refused is None else AGAIN_S

    def _adopt(self, replica_set: Object) -> None:
        """Look for orphans only while the set is not complete; a scan per pod would cost too much."""
        if replica_set.get("status", {}).get("replicas", 0) == 0:
            adopt_orphans(self._state, replica_set, PODS, replica_set["spec"]["selector"])

    def _scale(self, replica_set: Object, pods: list[Object]) -> ApiError | None:
        """Come closer to what is asked for; give what admission said against it."""
        missing = replica_set["spec"]["replicas"] - len(pods)
        for _ in range(min(missing, BURST)):
            try:
                pod = self._state.create(PODS, pod_from(replica_set))
            except ApiError as refused:
                self._recorder.warning(replica_set, "FailedCreate", f"Error creating: {refused.message}", COMPONENT)
                return refused
            told = f"Created pod: {pod['metadata']['name']}"
            self._recorder.normal(replica_set, "SuccessfulCreate", told, COMPONENT)
        if missing < 0:
            for pod in sorted(pods, key=_keeping_rank)[: min(-missing, BURST)]:
                self._state.delete_quietly(PODS, pod)
                told = f"Deleted pod: {pod['metadata']['name']}"
                self._recorder.normal(replica_set, "SuccessfulDelete", told, COMPONENT)
        return None

    def _report(self, replica_set: Object, pods: list[Object], refused: ApiError | None) -> float | None:
        min_ready_s = replica_set["spec"].get("minReadySeconds", 0)
        waits = [available_in_s(pod, min_ready_s, self._state.clock) for pod in pods]
        wanted = list((replica_set["spec"]["template"]["metadata"].get("labels") or {}).items())
        labelled = sum(meets(labels_of(pod), [(name, "In", (value,)) for name, value in wanted]) for pod in pods)
        status: Object = {"replicas": len(pods), "fullyLabeledReplicas": labelled,
                          "readyReplicas": sum(is_ready(pod) for pod in pods),
                          "availableReplicas": sum(wait == 0 for wait in waits)}  # fmt: skip
        status = {name: count for name, count in status.items() if count or name == "replicas"}
        status["observedGeneration"] = replica_set["metadata"]["generation"]
        if refused is not None:
            failing = {"type": FAILURE, "status": "True", "reason": "FailedCreate", "message": refused.message}
            before = replica_set.get("status", {}).get("conditions") or []
            status["conditions"] = with_condition(before, failing, self._state.clock.now())
        self._state.set_status(REPLICASETS, replica_set, status)
        return min((wait for wait in waits if wait), default=None)


def pod_from(owner: Object, template: Object | None = None) -> Object:
    """Make a pod after a template, named after its owner and owned by it."""
    template = template or owner["spec"]["template"]
    metadata = template.get("metadata") or {}
    marks = {"annotations": dict(metadata["annotations"])} if metadata.get("annotations") else {}
    return {
        "metadata": {
            **marks,
            "generateName": f"{owner['metadata']['name']}-", "namespace": owner["metadata"]["namespace"],
            "labels": dict(metadata.get("labels") or {}),
            "ownerReferences": [owner_reference(owner)],
        },
        "spec": template["spec"],
    }  # fmt: skip


def _keeping_rank(pod: Object) -> tuple[bool, int, bool, int, float, int, float]:
    """Order pods by how little is lost with them: unscheduled, not running, not ready, cheap, young."""
    status = pod.get("status", {})
    phase = {"Pending": 0, "Unknown": 1}.get(status.get("phase", ""), 2)
    restarts = sum(each.get("restartCount", 0) for each in status.get("containerStatuses") or ())
    ready_since = next(
        (moment_of(each["lastTransitionTime"]).timestamp() for each in status.get("conditions") or ()
         if each["type"] == "Ready" and each["status"] == "True"), 0.0,
    )  # fmt: skip
    created = moment_of(pod["metadata"]["creationTimestamp"]).timestamp()
    cost = int(annotations_of(pod).get(_DELETION_COST, "0"))
    return bool(pod["spec"].get("nodeName")), phase, is_ready(pod), cost, -ready_since, -restarts, -created
