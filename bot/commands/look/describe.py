"""describe: one object: its columns, what its kind has beside them, what it consists of, its events, how it is run."""

import asyncio
from datetime import datetime
from typing import Any

from pydantic import field_validator, model_validator

from bot.commands import names
from bot.commands.look.columns import RESOURCES, VIEW_OF, VIEWS, events
from bot.commands.look.columns.column import NONE, View, labels_text
from bot.commands.look.consisting import WITH_PODS, consists_of
from bot.commands.look.declared import declared
from bot.commands.look.named import named
from bot.commands.look.sections import sections
from bot.commands.names import Namespace, check_loose_name, kind_and_names, namespace_flag, resource_called
from bot.errors import BotError
from bot.model.kube.events import Event
from bot.model.plan import Fact
from bot.model.reply import Facts, Part, Reply, Table, Text, Tone
from bot.model.resources import DEPLOYMENT, ENDPOINT_SLICE, REPLICA_SET, SERVICE
from bot.ports import ClusterReader
from bot.spec import Access, Args, Context, Paged, Query, access, positional

EVENTS_SHOWN = 10
"""The newest; `events` lists all that are kept."""
MOST = 4
"""Objects at once: more do not fit into a message."""
OF_SERVICES = access(ENDPOINT_SLICE.group, [ENDPOINT_SLICE.plural], ["list"])
OF_DEPLOYMENTS = access(REPLICA_SET.group, [REPLICA_SET.plural], ["list"])


class DescribeArgs(Args):
    """Which objects of a kind."""

    kind: str = positional("kind of object, or KIND/NAME", metavar="KIND", completes="kind")
    names: tuple[str, ...] = positional(
        "its name; several of one kind at once", default=(), metavar="NAME", completes="name"
    )
    namespace: Namespace = namespace_flag()

    @model_validator(mode="before")
    @classmethod
    def _split(cls, given: dict[str, Any]) -> dict[str, Any]:
        kind, found = kind_and_names(str(given.get("kind", "")), given.get("names", ()))
        return {**given, **({"kind": kind} if kind else {}), "names": found}

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        return resource_called(kind, RESOURCES).singular

    @field_validator("names")
    @classmethod
    def _named(cls, found: tuple[str, ...]) -> tuple[str, ...]:
        if not found:
            raise ValueError("NAME is missing")
        if len(found) > MOST:
            raise ValueError(f"describe takes {MOST} names at most, not {len(found)}")
        return tuple(dict.fromkeys(check_loose_name(name) for name in found))


def view_of(args: DescribeArgs) -> View[Any]:
    """How the kind is listed."""
    return VIEW_OF[resource_called(args.kind, RESOURCES)]


def needs(args: DescribeArgs) -> tuple[Access, ...]:
    """The object, its events, and its pods where it has some."""
    resource = view_of(args).resource
    has_pods = view_of(args).struct in WITH_PODS
    return (
        access(resource.group, [resource.plural], ["get"]),
        access("", ["events", *(["pods"] if has_pods else [])], ["list"]),
        *((OF_SERVICES,) if resource is SERVICE else ()),
        *((OF_DEPLOYMENTS,) if resource is DEPLOYMENT else ()),
    )


async def run(args: DescribeArgs, ctx: Context) -> Reply:
    """Tell all of each. Raises NotFound."""
    view = view_of(args)
    namespace = (args.namespace or ctx.namespace) if view.resource.namespaced else ""
    told = await asyncio.gather(*(_described(view, name, namespace, ctx) for name in args.names))
    if len(told) == 1:
        return told[0]
    return Reply(
        headline=f"{len(told)} {view.resource.plural}{f' in {namespace}' if namespace else ''}",
        parts=tuple(part for one in told for part in (Text(f"`{one.headline}`"), *one.parts)),
        tone=Tone.WARNING if any(one.tone is Tone.WARNING for one in told) else Tone.PLAIN,
    )


async def _described(view: View[Any], name: str, namespace: str, ctx: Context) -> Reply:
    """One object."""
    item = await named(
        ctx.on.cluster,
        view,
        name,
        namespace,
        lambda near: names.line("describe", view.resource.singular, near, namespace=namespace),
    )
    consists, happened = await asyncio.gather(
        consists_of(ctx.on.cluster, item, ctx.now), _events(ctx.on.cluster, view, item, ctx.now)
    )
    cells = [(column.title, column.cell(item, ctx.now)) for column in view.shown(wide=True)[1:]]
    cells.append(("Labels", labels_text(item.metadata.labels)))
    columns = Facts(tuple(Fact(title, cell) for title, cell in cells if cell not in ("", NONE)))
    where = f" in {namespace}" if namespace else ""
    state = view.state(item)
    return Reply(
        headline=f"{view.resource.singular}/{name}{where}{': ' + state if state else ''}",
        parts=(columns, *consists, *sections(item, ctx.now), *happened, *declared(item)),
        tone=Tone.WARNING if view.is_unhealthy(item) else Tone.PLAIN,
    )


async def _events(cluster: ClusterReader, view: View[Any], item: Any, now: datetime) -> list[Part]:
    fields = f"involvedObject.kind={view.resource.kind},involvedObject.name={item.metadata.name}"
    try:
        found = await cluster.list(Event, item.metadata.namespace, fields=fields)
    except BotError as error:
        return [Text(f"Its events could not be read: {error}")]
    newest = sorted(found, key=lambda one: one.last_seen or now, reverse=True)[:EVENTS_SHOWN]
    rows = tuple((events.last_seen(one, now), one.type, one.reason, one.said) for one in newest)
    return [Table(("EVENT", "TYPE", "REASON", "MESSAGE"), rows)] if rows else [Text("No events in the last hour.")]


COMMAND = Query(
    name="describe",
    summary="Show one object whole: state, parts, conditions, events.",
    args=DescribeArgs,
    run=run,
    options=Paged,
    access=(
        *(access(view.resource.group, [view.resource.plural], ["get"]) for view in VIEWS),
        access("", ["events", "pods"], ["list"]),
        OF_SERVICES,
        OF_DEPLOYMENTS,
    ),
    needs=needs,
    reads=tuple(access(view.resource.group, [view.resource.plural], ["list"]) for view in VIEWS),
    area="Look",
    examples=("describe deployment instance-worker", "describe pod postgres-0 redis-0", "describe node node-1"),
)
