"""StatefulSets: numbered pods in order, each with its claims, and updates from the highest number down."""

from collections.abc import Iterator

from playground.cluster.controllers.conditions import available_in_s, is_active, is_finished, is_ready
from playground.cluster.controllers.events import Recorder
from playground.cluster.controllers.ownership import owner_key, owner_reference
from playground.cluster.controllers.replicaset import pod_from
from playground.cluster.controllers.revisions import REVISION_LABEL, Revisions
from playground.cluster.errors import ApiError
from playground.cluster.kobject import Key, Object, is_dying, key_of, labels_of
from playground.cluster.resources import PODS, PVCS, STATEFULSETS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

COMPONENT = "statefulset-controller"
NAME_LABEL, INDEX_LABEL = "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"


class StatefulSetController:
    def __init__(self, state: ClusterState, recorder: Recorder) -> None:
        self._state = state
        self._recorder = recorder
        self._revisions = Revisions(state)

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is STATEFULSETS and change.type != "DELETED":
            yield key_of(change.object)
        elif resource is PODS:
            yield from filter(None, [owner_key(change.object, "StatefulSet")])

    def reconcile(self, key: Key) -> float | None:
        wanted = self._state.find(STATEFULSETS, *key)
        if wanted is None or is_dying(wanted):
            return None
        revision = self._revisions.ensure(wanted)
        current = wanted.get("status", {}).get("currentRevision") or revision
        pods = {_ordinal(pod): pod for pod in self._state.store.owned(wanted, PODS)}
        self._step(wanted, pods, revision, current)
        self._revisions.forget(wanted, {revision, current})
        return self._report(key, revision, current)

    def _step(self, wanted: Object, pods: dict[int, Object], revision: str, current: str) -> None:
        """Do the next thing in order: replace what ended, create what is missing, remove what is too many, update."""
        spec, ordered = wanted["spec"], wanted["spec"]["podManagementPolicy"] != "Parallel"
        replicas = spec["replicas"]
        for number in range(replicas):
            pod = pods.get(number)
            if pod is None:
                self._create(wanted, number, self._revision_for(wanted, number, revision, current))
                if ordered:
                    return
            elif is_finished(pod) and not is_dying(pod):
                self._delete(wanted, pod)
                return
            elif ordered and (is_dying(pod) or not self._is_available(wanted, pod)):
                self._unblock(wanted, pod, revision)
                return
        for number in sorted((number for number in pods if number >= replicas), reverse=True):
            if is_dying(pods[number]) and ordered:
                return
            self._delete(wanted, pods[number])
            if ordered:
                return
        self._update(wanted, pods, revision)

    def _unblock(self, wanted: Object, pod: Object, revision: str) -> None:
        """Leave an unready pod alone unless it never ran and its template was mended since."""
        stuck = pod.get("status", {}).get("phase") == "Pending" and labels_of(pod).get(REVISION_LABEL) != revision
        if stuck and is_active(pod) and wanted["spec"]["updateStrategy"]["type"] == "RollingUpdate":
            self._delete(wanted, pod)

    def _update(self, wanted: Object, pods: dict[int, Object], revision: str) -> None:
        strategy = wanted["spec"]["updateStrategy"]
        if strategy["type"] != "RollingUpdate":
            return
        least = (strategy.get("rollingUpdate") or {}).get("partition", 0)
        for number in sorted((number for number in pods if number >= least), reverse=True):
            pod = pods[number]
            if is_dying(pod):
                return
            if labels_of(pod).get(REVISION_LABEL) != revision:
                self._delete(wanted, pod)
                return
            if not is_ready(pod):
                return

    def _revision_for(self, wanted: Object, number: int, revision: str, current: str) -> str:
        strategy = wanted["spec"]["updateStrategy"]
        partition = (strategy.get("rollingUpdate") or {}).get("partition", 0)
        return current if number < partition else revision

    def _create(self, wanted: Object, number: int, revision: str) -> None:
        template = self._revisions.template(wanted, revision)
        pod = pod_from(wanted, template)
        name = f"{wanted['metadata']['name']}-{number}"
        pod["metadata"].pop("generateName")
        pod["metadata"]["name"] = name
        pod["metadata"]["labels"] |= {NAME_LABEL: name, INDEX_LABEL: str(number), REVISION_LABEL: revision}
        volumes = list(pod["spec"].get("volumes") or ())
        for claim in wanted["spec"].get("volumeClaimTemplates") or ():
            claim_name = self._claim(wanted, claim, name)
            source = {"name": claim["metadata"]["name"], "persistentVolumeClaim": {"claimName": claim_name}}
            volumes = [each for each in volumes if each["name"] != source["name"]] + [source]
        pod["spec"] = {
            **pod["spec"],
            "volumes": volumes,
            "hostname": name,
            "subdomain": wanted["spec"].get("serviceName", ""),
        }
        try:
            self._state.create(PODS, pod)
        except ApiError as refused:
            told = f"create Pod {name} in StatefulSet {wanted['metadata']['name']} failed error: {refused.message}"
            self._recorder.warning(wanted, "FailedCreate", told, COMPONENT)
            raise
        told = f"create Pod {name} in StatefulSet {wanted['metadata']['name']} successful"
        self._recorder.normal(wanted, "SuccessfulCreate", told, COMPONENT)

    def _claim(self, wanted: Object, template: Object, pod: str) -> str:
        name, namespace = f"{template['metadata']['name']}-{pod}", wanted["metadata"]["namespace"]
        if self._state.find(PVCS, namespace, name) is None:
            labels = {
                **(wanted["spec"]["selector"].get("matchLabels") or {}),
                **(template["metadata"].get("labels") or {}),
            }
            metadata: Object = {"name": name, "namespace": namespace, "labels": labels}
            policy = wanted["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
            if policy.get("whenDeleted") == "Delete":
                metadata["ownerReferences"] = [owner_reference(wanted)]
            self._state.create(PVCS, {"metadata": metadata, "spec": template["spec"]})
        return name

    def _delete(self, wanted: Object, pod: Object) -> None:
        if not is_dying(pod):
            self._state.delete_quietly(PODS, pod)
            told = f"delete Pod {pod['metadata']['name']} in StatefulSet {wanted['metadata']['name']} successful"
            self._recorder.normal(wanted, "SuccessfulDelete", told, COMPONENT)

    def _is_available(self, wanted: Object, pod: Object) -> bool:
        return available_in_s(pod, wanted["spec"].get("minReadySeconds", 0), self._state.clock) == 0

    def _report(self, key: Key, revision: str, current: str) -> float | None:
        wanted = self._state.find(STATEFULSETS, *key)
        if wanted is None:
            return None
        pods = [pod for pod in self._state.store.owned(wanted, PODS) if is_active(pod)]
        waits = [available_in_s(pod, wanted["spec"].get("minReadySeconds", 0), self._state.clock) for pod in pods]
        updated = sum(labels_of(pod).get(REVISION_LABEL) == revision for pod in pods)
        if updated == len(pods) == wanted["spec"]["replicas"] and all(is_ready(pod) for pod in pods):
            current = revision
        of_current = sum(labels_of(pod).get(REVISION_LABEL) == current for pod in pods)
        status: Object = {
            "observedGeneration": wanted["metadata"]["generation"], "replicas": len(pods),
            "readyReplicas": sum(is_ready(pod) for pod in pods), "availableReplicas": sum(wait == 0 for wait in waits),
            "currentReplicas": of_current, "updatedReplicas": updated, "currentRevision": current,
            "updateRevision": revision, "collisionCount": 0,
        }  # fmt: skip
        optional = ("readyReplicas", "currentReplicas", "updatedReplicas")
        self._state.set_status(STATEFULSETS, wanted, {
            name: value for name, value in status.items() if value or name not in optional
        })  # fmt: skip
        return min((wait for wait in waits if wait), default=None)


def _ordinal(pod: Object) -> int:
    number = pod["metadata"]["name"].rsplit("-", 1)[-1]
    return int(number) if number.isdigit() else -1
