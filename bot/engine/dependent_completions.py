"""Names that hang on what another field holds: revisions of a workload, objects of a kind, containers of a pod."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.commands.look.columns import VIEW_OF
from bot.commands.workloads.find import KINDS, access_to, check_workload, resource_of
from bot.commands.workloads.preview import short_image
from bot.commands.workloads.revisions import access_to_revisions, current_number, revisions
from bot.engine.completions import Asked, Read, names_of, plain
from bot.errors import NotFound
from bot.model.durations import age
from bot.model.kube.pods import Pod
from bot.model.resources import BY_NAME, Resource
from bot.model.suggestion import Option
from bot.ports import ReadOnly
from bot.spec import Access, access


@dataclass(frozen=True, slots=True)
class Dependent:
    """A completion that waits for another field."""

    on: str
    """What that field completes."""
    read: Read
    needs: Callable[[str], Sequence[Access]] = lambda chosen: ()
    """What a person must be allowed beyond his command, by what is chosen there."""


async def _revisions(on: ReadOnly, asked: Asked) -> Sequence[Option]:
    """The newest first, but for the one that runs: nobody goes back to that."""
    try:
        target = check_workload(asked.chosen)
        workload = await on.cluster.get(KINDS[resource_of(target)], target.partition("/")[2], asked.namespace)
    except (NotFound, ValueError):
        return []
    found = await revisions(on.cluster, workload)
    now_at = current_number(workload, found)
    return [
        Option(str(one.number), str(one.number), " · ".join(filter(None, (short_image(one.images), made, one.cause))))
        for one in reversed(found)
        if one.number != now_at
        for made in [f"{age(asked.now - one.created)} old" if one.created else ""]
    ]


def _workload_and_revisions(chosen: str) -> Sequence[Access]:
    """What `rollback` needs for reading: some who use `rollout history` may see less."""
    try:
        target = check_workload(chosen)
    except ValueError:
        return ()
    return (*access_to([target], ["get"]), access_to_revisions(target))


async def _of_kind(on: ReadOnly, asked: Asked) -> Sequence[Option]:
    resource = _resource(asked.chosen)
    if resource is None:
        return []
    struct = VIEW_OF[resource].struct
    return plain(names_of(await on.cluster.list(struct, asked.namespace if resource.namespaced else "")))


def _list_of_kind(chosen: str) -> Sequence[Access]:
    """Who may list pods learns no Secret's name."""
    resource = _resource(chosen)
    return (access(resource.group, [resource.plural], ["list"]),) if resource else ()


def _resource(word: str) -> Resource | None:
    resource = BY_NAME.get(word.partition("/")[0].lower())
    return resource if resource in VIEW_OF else None


async def _containers(on: ReadOnly, asked: Asked) -> Sequence[Option]:
    """Those that run the pod's purpose first."""
    kind, _, name = asked.chosen.rpartition("/")
    if kind not in ("", "pod", "pods", "po"):
        return []
    try:
        pod = await on.cluster.get(Pod, name, asked.namespace)
    except NotFound:
        return []
    main = [Option(one.name, one.name, short_image(one.image)) for one in pod.spec.containers]
    first = [Option(one.name, one.name, f"init · {short_image(one.image)}") for one in pod.spec.init_containers]
    return [*main, *first]


DEPENDENT: dict[str, Dependent] = {
    "revision": Dependent("workload", _revisions, _workload_and_revisions),
    "name": Dependent("kind", _of_kind, _list_of_kind),
    "container": Dependent("pod", _containers, lambda chosen: (access("", ["pods"], ["get"]),)),
}
"""By the word in a declaration."""
