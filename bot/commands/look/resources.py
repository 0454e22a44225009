"""resources: what each container requests, may use and uses, with advice."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.commands.look.listing import none_of, selected_by
from bot.commands.look.metrics import cores, mebis, usage
from bot.commands.look.sizing import NAMES, advice, ratio
from bot.commands.names import Namespace, namespace_flag
from bot.commands.namespaces import READS, refuse_unknown
from bot.errors import NotFound
from bot.model.counting import counted
from bot.model.kube.pods import Container, Pod
from bot.model.kube.usage import PodUsage
from bot.model.pod_status import is_finished
from bot.model.quantity import parse
from bot.model.reply import Part, Reply, Table, Text, Tone
from bot.spec import Args, Context, Listing, Query, access, flag

COLUMNS = (
    *("POD", "CONTAINER", "ADVICE"),
    *("CPU REQUEST", "LIMIT", "RATIO", "USED"),
    *("MEMORY REQUEST", "LIMIT", "RATIO", "USED"),
)
Used = Mapping[str, Decimal]
"""Resource → amount of one container."""


class ResourcesArgs(Args):
    """Whose."""

    selector: str = flag("label selector", default="", short="l", metavar="SELECTOR")
    all_namespaces: bool = flag("of every namespace", default=False, short="A")
    namespace: Namespace = namespace_flag()


async def run(args: ResourcesArgs, ctx: Context) -> Reply:
    """List containers, those with advice first."""
    namespace = "" if args.all_namespaces else args.namespace or ctx.namespace
    where = namespace or "all namespaces"
    pods = await ctx.on.cluster.list(Pod, namespace, selector=args.selector)
    if not pods:
        await refuse_unknown(ctx.on.cluster, namespace)
        return none_of("pods", where, selected_by(args.selector))
    used, unmeasured = await _used(args, ctx, namespace)
    containers = [(pod, one) for pod in pods if not is_finished(pod) for one in pod.spec.containers]
    if not containers:
        return Reply(f"No container runs in {where}")
    rows = [_row(pod, one, used.get(_key(pod, one.name), {})) for pod, one in containers]
    rows.sort(key=lambda row: (not row[2], row))
    advised = sum(bool(row[2]) for row in rows)
    table = Table(COLUMNS, tuple(rows), file_name="resources.txt")
    told = f"{advised} to look at" if advised else "all as they should be"
    return Reply(
        f"{counted(len(rows), 'container')} in {where}: {told}",
        (table, *unmeasured),
        Tone.WARNING if advised else Tone.GOOD,
    )


async def _used(args: ResourcesArgs, ctx: Context, namespace: str) -> tuple[dict[tuple[str, ...], Used], list[Part]]:
    """What each container uses, and why that is not known where nobody measures it."""
    try:
        measured = await usage(ctx.on.cluster, PodUsage, namespace, selector=args.selector)
    except NotFound as error:
        return {}, [Text(f"{error} {error.hint}")]
    return {
        (pod.metadata.namespace, pod.metadata.name, one.name): {
            resource: parse(one.usage[resource]) for resource in NAMES if resource in one.usage
        }
        for pod in measured
        for one in pod.containers
    }, []


def _key(pod: Pod, container: str) -> tuple[str, ...]:
    return (pod.metadata.namespace, pod.metadata.name, container)


def _row(pod: Pod, container: Container, used: Used) -> tuple[str, ...]:
    told = "; ".join(advice(container.resources, used))
    cells = [cell for resource in NAMES for cell in _cells(container, used, resource)]
    return (pod.metadata.name, container.name, told, *cells)


def _cells(container: Container, used: Used, resource: str) -> Sequence[str]:
    declared = container.resources
    times = ratio(declared, resource)
    shown = cores if resource == "cpu" else mebis
    return (
        declared.requests.get(resource, ""),
        declared.limits.get(resource, ""),
        f"{times.normalize():.3g} ×" if times is not None else "",
        shown(used[resource]) if resource in used else "",
    )


COMMAND = Query(
    name="resources",
    summary="Show what containers request, may use and use, with advice.",
    args=ResourcesArgs,
    run=run,
    options=Listing,
    access=(access("", ["pods"], ["list"]), access("metrics.k8s.io", ["pods"], ["list"])),
    reads=READS,
    area="Look",
    examples=("resources", "resources -l app=odoo", "resources -A"),
)
