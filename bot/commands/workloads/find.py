"""Find the workload that a person names: `deployment/instance-worker`, or `instance-worker` for a deployment."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator

from bot.commands.names import check_name, resource_called
from bot.commands.namespaces import READS as NAMESPACE_READS
from bot.commands.namespaces import refuse_unknown
from bot.errors import NotFound
from bot.model.kube.workloads import DaemonSet, Deployment, StatefulSet
from bot.model.refs import ObjectRef
from bot.model.resources import DAEMON_SET, DEPLOYMENT, STATEFUL_SET, Resource
from bot.model.rollout import Workload
from bot.ports import ClusterReader
from bot.spec import Access, access

KINDS: dict[Resource, type[Deployment] | type[StatefulSet] | type[DaemonSet]] = {
    DEPLOYMENT: Deployment,
    STATEFUL_SET: StatefulSet,
    DAEMON_SET: DaemonSet,
}

READS = (access("apps", [resource.plural for resource in KINDS], ["list"]), *NAMESPACE_READS)
"""What suggesting near misses reads on the bot's own account."""

BY_SINGULAR = {resource.singular: resource for resource in KINDS}


def check_workload(word: str, among: tuple[Resource, ...] = tuple(KINDS)) -> str:
    """*word* as `kind/name`; a bare name means a deployment, as permission is asked for exactly one kind.

    Raises ValueError.
    """
    kind, slash, name = word.rpartition("/")
    resource = resource_called(kind, among) if slash else DEPLOYMENT
    return f"{resource.singular}/{check_name(name)}"


WorkloadName = Annotated[str, AfterValidator(check_workload)]
"""An argument that names one workload, whatever its kind."""


def resource_of(target: str) -> Resource:
    """The resource of a checked `kind/name`."""
    return BY_SINGULAR[target.partition("/")[0]]


def access_to(targets: Sequence[str], verbs: list[str], *, subresource: str = "") -> tuple[Access, ...]:
    """What a call on *targets* needs: *verbs* on their kinds only."""
    kinds = dict.fromkeys(resource_of(target) for target in targets)
    return tuple(access(kind.group, [f"{kind.plural}{subresource}"], verbs) for kind in kinds)


async def find(cluster: ClusterReader, target: str, namespace: str, line: Callable[[str], str]) -> Workload:
    """The workload of a checked `kind/name`; *line* makes the command line for a suggested name. Raises NotFound."""
    resource = resource_of(target)
    name = target.partition("/")[2]
    try:
        return await cluster.get(KINDS[resource], name, namespace)
    except NotFound:
        await refuse_unknown(cluster, namespace)
        suggestions = await _suggestions(cluster, resource, name, namespace)
        raise NotFound(
            f"No {resource.singular} “{name}” in {namespace}. Nothing was done.",
            hint="" if suggestions else f"`get {resource.plural}` lists those that exist.",
            suggestions=tuple(line(suggestion) for suggestion in suggestions),
        ) from None


async def _suggestions(cluster: ClusterReader, resource: Resource, name: str, namespace: str) -> list[str]:
    """Near misses of the kind asked for, and the same name under another kind."""
    found: list[str] = []
    for other, struct in KINDS.items():
        names = [one.metadata.name for one in await cluster.list(struct, namespace)]
        near = get_close_matches(name, names, n=3, cutoff=0.6) if other is resource else [n for n in names if n == name]
        found += [f"{other.singular}/{near_name}" for near_name in near]
    return found


def ref_of(workload: Workload, cluster: str) -> ObjectRef:
    """The very object."""
    meta = workload.metadata
    kind = type(workload).__name__.lower()
    return ObjectRef(kind=kind, name=meta.name, namespace=meta.namespace, cluster=cluster, uid=meta.uid)


async def reread(cluster: ClusterReader, ref: ObjectRef) -> Workload:
    """The workload behind *ref* as it is now. Raises NotFound."""
    return await cluster.get(KINDS[BY_SINGULAR[ref.kind]], ref.name, ref.namespace)


def replicas_of(workload: Workload) -> int:
    """How many pods it is to have."""
    if isinstance(workload, DaemonSet):
        return workload.status.desired_number_scheduled
    return workload.spec.replicas


def ready_of(workload: Workload) -> int:
    """How many of its pods are ready."""
    return workload.status.number_ready if isinstance(workload, DaemonSet) else workload.status.ready_replicas


def images_of(workload: Workload) -> str:
    """Its containers' images in order, joined by commas."""
    return ", ".join(container.image for container in workload.spec.template.spec.containers)
