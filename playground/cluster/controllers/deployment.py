"""Deployments: rollouts by RollingUpdate or Recreate, revisions, and what the status says of them."""

from collections.abc import Iterator

from playground.cluster.controllers import rollout
from playground.cluster.controllers.conditions import is_finished
from playground.cluster.controllers.deployment_status import deployment_status
from playground.cluster.controllers.events import Recorder
from playground.cluster.controllers.ownership import adopt_orphans, claimed, owner_key, owner_reference
from playground.cluster.kobject import Key, Object, annotations_of, is_dying, key_of
from playground.cluster.resources import DEPLOYMENTS, PODS, REPLICASETS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

COMPONENT = "deployment-controller"
REVISION = "deployment.kubernetes.io/revision"
DESIRED, MOST = "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas"
_NOT_COPIED = {"kubectl.kubernetes.io/last-applied-configuration", REVISION, DESIRED, MOST}


class DeploymentController:
    def __init__(self, state: ClusterState, recorder: Recorder) -> None:
        self._state = state
        self._recorder = recorder

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is DEPLOYMENTS and change.type != "DELETED":
            yield key_of(change.object)
        elif resource is REPLICASETS:
            yield from filter(None, [owner_key(change.object, "Deployment")])
        elif resource is PODS and change.type == "DELETED":
            yield from self._recreating(change.object)

    def _recreating(self, pod: Object) -> Iterator[Key]:
        """A Recreate rollout waits for the last old pod."""
        key = owner_key(pod, "ReplicaSet")
        replica_set = self._state.find(REPLICASETS, *key) if key else None
        if replica_set is not None:
            yield from filter(None, [owner_key(replica_set, "Deployment")])

    def reconcile(self, key: Key) -> float | None:
        deployment = self._state.find(DEPLOYMENTS, *key)
        if deployment is None or is_dying(deployment):
            return None
        if not deployment.get("status", {}).get("observedGeneration"):
            adopt_orphans(self._state, deployment, REPLICASETS, deployment["spec"]["selector"])
        sets = claimed(self._state, deployment, REPLICASETS, deployment["spec"]["selector"])
        new = _newest_match(deployment, sets)
        old = [each for each in sets if new is None or each["metadata"]["uid"] != new["metadata"]["uid"]]
        if deployment["spec"].get("paused"):
            self._scale_paused(deployment, sets)
        elif deployment["spec"]["strategy"]["type"] == "Recreate":
            new = self._recreate(deployment, new, old)
        else:
            new = self._roll(deployment, new, old)
        self._forget_history(deployment, old)
        return self._report(key, new, old)

    # the two strategies

    def _recreate(self, deployment: Object, new: Object | None, old: list[Object]) -> Object | None:
        for each in old:
            self._scale(deployment, each, 0)
        left = any(not is_finished(pod) for each in old for pod in self._state.store.owned(each, PODS))
        if left:
            return new
        new = self._ensure_new(deployment, new, old)
        return self._scale(deployment, new, deployment["spec"]["replicas"])

    def _roll(self, deployment: Object, new: Object | None, old: list[Object]) -> Object:
        spec = deployment["spec"]
        new = self._ensure_new(deployment, new, old)
        grown = rollout.grown(spec, new, [new, *old])
        if grown != rollout.wanted(new):
            return self._scale(deployment, new, grown)
        sizes = rollout.shrunk(spec, new, old)
        for each in old:
            self._scale(deployment, each, sizes[each["metadata"]["name"]])
        return new

    def _scale_paused(self, deployment: Object, sets: list[Object]) -> None:
        """A paused deployment still scales, but rolls nothing out."""
        active = [each for each in sets if rollout.wanted(each)] or sets[-1:]
        if len(active) == 1:
            self._scale(deployment, active[0], deployment["spec"]["replicas"])

    # ReplicaSets

    def _ensure_new(self, deployment: Object, new: Object | None, old: list[Object]) -> Object:
        latest = max((_revision(each) for each in old), default=0)
        if new is None:
            new = self._create_new(deployment, latest + 1)
        elif _revision(new) <= latest and old:
            new = self._mark(deployment, new, latest + 1)
        else:
            new = self._mark(deployment, new, max(1, _revision(new)))
        revision = annotations_of(new)[REVISION]
        if annotations_of(deployment).get(REVISION) != revision:
            self._state.change(
                DEPLOYMENTS,
                key_of(deployment),
                lambda edited: edited["metadata"].setdefault("annotations", {}).__setitem__(REVISION, revision),
            )
        return new

    def _create_new(self, deployment: Object, revision: int) -> Object:
        spec, metadata = deployment["spec"], deployment["metadata"]
        digest = rollout.template_hash(spec["template"])
        selector = spec["selector"]
        template_metadata = {name: value for name, value in spec["template"]["metadata"].items() if value}
        labels = {**template_metadata.get("labels", {}), rollout.HASH_LABEL: digest}
        return self._state.create(
            REPLICASETS,
            {
                "metadata": {
                    "name": f"{metadata['name']}-{digest}",
                    "namespace": metadata["namespace"],
                    "labels": labels,
                    "annotations": self._annotations(deployment, {}, revision),
                    "ownerReferences": [owner_reference(deployment)],
                },
                "spec": {
                    "replicas": 0,
                    "selector": {
                        **selector,
                        "matchLabels": {**(selector.get("matchLabels") or {}), rollout.HASH_LABEL: digest},
                    },
                    "template": {**spec["template"], "metadata": {**template_metadata, "labels": labels}},
                    **({"minReadySeconds": spec["minReadySeconds"]} if spec.get("minReadySeconds") else {}),
                },
            },
        )

    def _mark(self, deployment: Object, replica_set: Object, revision: int) -> Object:
        marks = self._annotations(deployment, annotations_of(replica_set), revision)
        if marks == annotations_of(replica_set):
            return replica_set
        return (
            self._state.change(
                REPLICASETS, key_of(replica_set), lambda edited: edited["metadata"].__setitem__("annotations", marks)
            )
            or replica_set
        )

    def _annotations(self, deployment: Object, have: dict[str, str], revision: int) -> dict[str, str]:
        spec = deployment["spec"]
        copied = {name: value for name, value in annotations_of(deployment).items() if name not in _NOT_COPIED}
        most = spec["replicas"] + rollout.limits(spec).surge
        return {**have, **copied, REVISION: str(revision), DESIRED: str(spec["replicas"]), MOST: str(most)}

    def _scale(self, deployment: Object, replica_set: Object, replicas: int) -> Object:
        before = rollout.wanted(replica_set)
        if before == replicas or is_dying(replica_set):
            return replica_set
        changed = self._state.change(
            REPLICASETS, key_of(replica_set), lambda edited: edited["spec"].__setitem__("replicas", replicas)
        )
        way = "up" if replicas > before else "down"
        told = f"Scaled {way} replica set {replica_set['metadata']['name']} from {before} to {replicas}"
        self._recorder.normal(deployment, "ScalingReplicaSet", told, COMPONENT)
        return changed or replica_set

    def _forget_history(self, deployment: Object, old: list[Object]) -> None:
        empty = [each for each in old if not rollout.wanted(each) and not each.get("status", {}).get("replicas")]
        surplus = len(empty) - deployment["spec"]["revisionHistoryLimit"]
        for each in sorted(empty, key=_revision)[: max(0, surplus)]:
            self._state.delete_quietly(REPLICASETS, each)

    def _report(self, key: Key, new: Object | None, old: list[Object]) -> float | None:
        deployment = self._state.find(DEPLOYMENTS, *key)
        if deployment is None:
            return None
        sets = [self._state.find(REPLICASETS, *key_of(each)) for each in old]
        current = self._state.find(REPLICASETS, *key_of(new)) if new is not None else None
        status, again_s = deployment_status(deployment, current, [each for each in sets if each], self._state.clock)
        self._state.set_status(DEPLOYMENTS, deployment, status)
        return again_s


def _newest_match(deployment: Object, sets: list[Object]) -> Object | None:
    template = rollout.bare(deployment["spec"]["template"])
    matching = [each for each in sets if rollout.bare(each["spec"]["template"]) == template]
    return min(
        matching, key=lambda each: (each["metadata"]["creationTimestamp"], each["metadata"]["name"]), default=None
    )


def _revision(replica_set: Object) -> int:
    return int(annotations_of(replica_set).get(REVISION, "0"))
