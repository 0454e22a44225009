"""ControllerRevisions: the history of the templates of StatefulSets and DaemonSets."""

from playground.cluster.controllers.ownership import owner_reference
from playground.cluster.controllers.rollout import bare, template_hash
from playground.cluster.kobject import Object, annotations_of, labels_of
from playground.cluster.resources import CONTROLLERREVISIONS, PODS
from playground.cluster.state import ClusterState

REVISION_LABEL = "controller-revision-hash"
_NOT_COPIED = {"kubectl.kubernetes.io/last-applied-configuration"}


class Revisions:
    def __init__(self, state: ClusterState) -> None:
        self._state = state

    def ensure(self, owner: Object) -> str:
        """Return the name of the revision of the owner's template, made or renumbered as needed."""
        known = self._of(owner)
        template = owner["spec"]["template"]
        latest = max((each["revision"] for each in known), default=0)
        same = next((each for each in known if bare(_template(each)) == bare(template)), None)
        if same is None:
            return self._make(owner, latest + 1)
        if same["revision"] < latest:
            self._state.update(CONTROLLERREVISIONS, {**same, "revision": latest + 1})
        name: str = same["metadata"]["name"]
        return name

    def template(self, owner: Object, revision: str) -> Object:
        """Return the pod template of a revision; the owner's own when the revision is gone."""
        found = self._state.find(CONTROLLERREVISIONS, owner["metadata"]["namespace"], revision)
        template: Object = _template(found) if found is not None else owner["spec"]["template"]
        return template

    def forget(self, owner: Object, in_use: set[str]) -> None:
        """Drop the oldest revisions beyond the limit that no pod has."""
        held = {labels_of(pod).get(REVISION_LABEL, "") for pod in self._state.store.owned(owner, PODS)} | in_use
        idle = [each for each in self._of(owner) if each["metadata"]["name"] not in held]
        surplus = len(idle) - owner["spec"].get("revisionHistoryLimit", 10)
        for each in sorted(idle, key=lambda each: each["revision"])[: max(0, surplus)]:
            self._state.delete_quietly(CONTROLLERREVISIONS, each)

    def _of(self, owner: Object) -> list[Object]:
        return self._state.store.owned(owner, CONTROLLERREVISIONS)

    def _make(self, owner: Object, number: int) -> str:
        metadata, template = owner["metadata"], owner["spec"]["template"]
        digest = template_hash(template)
        name = f"{metadata['name']}-{digest}"
        marks = {key: value for key, value in annotations_of(owner).items() if key not in _NOT_COPIED}
        if self._state.find(CONTROLLERREVISIONS, metadata["namespace"], name) is None:
            labels = {**(template["metadata"].get("labels") or {}), "controller.kubernetes.io/hash": digest}
            self._state.create(CONTROLLERREVISIONS, {
                "metadata": {
                    "name": name, "namespace": metadata["namespace"], "labels": labels, "annotations": marks,
                    "ownerReferences": [owner_reference(owner)],
                },
                "data": {"spec": {"template": {**template, "$patch": "replace"}}}, "revision": number,
            })  # fmt: skip
        return name


def _template(revision: Object) -> Object:
    return {name: value for name, value in revision["data"]["spec"]["template"].items() if name != "$patch"}
