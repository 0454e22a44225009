"""The revisions of a workload: ReplicaSets of a Deployment, ControllerRevisions of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commands import names
from bot.commands.workloads.find import resource_of
from bot.commands.workloads.template_diff import same_pods
from bot.errors import Conflict, NotFound
from bot.model.kube.meta import Metadata
from bot.model.kube.workloads import ControllerRevision, Deployment, ReplicaSet, StatefulSet
from bot.model.plan import Json
from bot.model.redaction import redact
from bot.model.resources import CONTROLLER_REVISION, DEPLOYMENT, REPLICA_SET
from bot.model.rollout import CHANGE_CAUSE, Workload, is_observed, revision_number
from bot.ports import ClusterReader
from bot.spec import Access, access

TEMPLATE_HASH = "pod-template-hash"


@dataclass(frozen=True)
class Revision:
    """One state of the pod template that can be gone back to."""

    number: int
    made_by: str
    """Name of the ReplicaSet or ControllerRevision."""
    created: datetime | None
    cause: str
    template: dict[str, Json]
    """The pod template as the API's JSON, without what controllers add."""

    @property
    def images(self) -> str:
        """Its containers' images, joined by commas."""
        containers = self.template.get("spec", {}).get("containers", [])
        return ", ".join(str(container.get("image", "")) for container in containers)


def access_to_revisions(target: str) -> Access:
    """What reading the revisions of a checked `kind/name` needs."""
    resource = REPLICA_SET if resource_of(target) is DEPLOYMENT else CONTROLLER_REVISION
    return access(resource.group, [resource.plural], ["list"])


async def revisions(cluster: ClusterReader, workload: Workload) -> list[Revision]:
    """All that are kept, the oldest first."""
    meta = workload.metadata
    resource = REPLICA_SET if isinstance(workload, Deployment) else CONTROLLER_REVISION
    found = await cluster.list_objects(resource, meta.namespace, selector=workload.spec.selector.text)
    mine = [one for one in found if _controller_uid(one) == meta.uid]
    read = _of_replica_set if isinstance(workload, Deployment) else _of_controller_revision
    return sorted((read(one) for one in mine), key=lambda revision: revision.number)


def pick(found: Sequence[Revision], number: int, workload: Workload, *, lines: Sequence[str] = ()) -> Revision:
    """The revision of that number. Raises NotFound, offering *lines* unless it may be another's number by now."""
    for revision in found:
        if revision.number == number:
            return revision
    kept = ", ".join(str(revision.number) for revision in found)
    if found and found[0].number < number < (newest := found[-1].number):
        raise NotFound(
            f"{_named(workload)} has no revision {number} any more. Nothing was done.",
            hint=f"Kept are {kept}. Going back gives a revision a new number, so {number} may be {newest} by now: "
            f"`rollout history {_named(workload)}` shows it.",
        )
    raise NotFound(
        f"{_named(workload)} has no revision {number}. Nothing was done.",
        hint=f"Kept are {kept}." if kept else "No revision is kept.",
        suggestions=tuple(lines),
    )


def before(found: Sequence[Revision], current: Revision) -> Revision | None:
    """The newest one before *current* that makes other pods: going back over mere restarts would change nothing."""
    earlier = [one for one in found if one.number < current.number and not same_pods(one.template, current.template)]
    return earlier[-1] if earlier else None


def _named(workload: Workload) -> str:
    return f"{type(workload).__name__.lower()}/{workload.metadata.name}"


async def newest_hash(cluster: ClusterReader, workload: Workload) -> str:
    """The hash label of pods that the newest revision made; empty when it made none yet, or is to have none.

    That is one whose pods go before the next revision is made: what they end with is nobody's fault.
    """
    if isinstance(workload, StatefulSet):
        return workload.status.update_revision
    meta = workload.metadata
    if isinstance(workload, Deployment):
        sets = await cluster.list(ReplicaSet, meta.namespace, selector=workload.spec.selector.text)
        owned = [one for one in sets if _owned(one.metadata, meta.uid)]
        newest = max(owned, key=lambda one: revision_number(one.metadata.annotations), default=None)
        return newest.metadata.labels.get(TEMPLATE_HASH, "") if newest and newest.spec.replicas else ""
    made = await cluster.list(ControllerRevision, meta.namespace, selector=workload.spec.selector.text)
    mine = [one for one in made if _owned(one.metadata, meta.uid)]
    last = max(mine, key=lambda one: one.revision, default=None)
    return last.metadata.labels.get("controller-revision-hash", "") if last else ""


def current_number(workload: Workload, found: Sequence[Revision]) -> int:
    """The revision that the workload is at: a Deployment says so itself."""
    return revision_number(workload.metadata.annotations) or (found[-1].number if found else 0)


def known_number(workload: Workload) -> int:
    """The revision that it says it is at, 0 while its controller has not taken up its last change."""
    return current_number(workload, ()) if is_observed(workload) else 0


async def current_revision(cluster: ClusterReader, workload: Workload, found: Sequence[Revision]) -> Revision:
    """The one of *found* that has the workload's template. Raises Conflict while none has, NotFound.

    A Deployment that stops its old pods first has none until they are gone, though its controller has seen the change.
    """
    if not is_observed(workload):
        raise _no_revision(workload)
    current = pick(found, current_number(workload, found), workload)
    if isinstance(workload, Deployment):
        meta = workload.metadata
        now = await cluster.get_object(DEPLOYMENT, meta.name, meta.namespace)
        if not same_pods(current.template, now["spec"]["template"]):
            raise _no_revision(workload)
    return current


def _no_revision(workload: Workload) -> Conflict:
    return Conflict(
        f"The last change of {_named(workload)} has no revision yet, so which one was before it is not known. "
        "Nothing was changed.",
        hint="It gets one when its controller takes it up, or when the old pods are gone: the rollout's status tells.",
        suggestions=(names.line("rollout", "status", _named(workload), namespace=workload.metadata.namespace),),
    )


def _owned(meta: Metadata, uid: str) -> bool:
    return meta.controller is not None and meta.controller.uid == uid


def _controller_uid(item: dict[str, Json]) -> str:
    owners = item["metadata"].get("ownerReferences", [])
    return next((str(owner["uid"]) for owner in owners if owner.get("controller")), "")


def _of_replica_set(item: dict[str, Json]) -> Revision:
    meta = item["metadata"]
    return Revision(
        number=revision_number(meta.get("annotations", {})),
        made_by=meta["name"],
        created=_time(meta.get("creationTimestamp")),
        cause=redact(meta.get("annotations", {}).get(CHANGE_CAUSE, "")),
        template=_without_hash(item["spec"]["template"]),
    )


def _of_controller_revision(item: dict[str, Json]) -> Revision:
    meta = item["metadata"]
    template = {key: value for key, value in item["data"]["spec"]["template"].items() if key != "$patch"}
    return Revision(
        number=int(item["revision"]),
        made_by=meta["name"],
        created=_time(meta.get("creationTimestamp")),
        cause=redact(meta.get("annotations", {}).get(CHANGE_CAUSE, "")),
        template=template,
    )


def _without_hash(template: dict[str, Json]) -> dict[str, Json]:
    """The template as a Deployment would hold it: the hash label is the ReplicaSet controller's."""
    meta = template.get("metadata", {})
    labels = {key: value for key, value in meta.get("labels", {}).items() if key != TEMPLATE_HASH}
    return {**template, "metadata": {**meta, "labels": labels}}


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
