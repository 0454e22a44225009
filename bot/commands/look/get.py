"""get: list objects of a kind under kubectl's columns, once or as they change."""

import asyncio
from datetime import datetime
from typing import Any

from pydantic import field_validator, model_validator

from bot.commands import names
from bot.commands.look import listing
from bot.commands.look.columns import RESOURCES, VIEW_OF, VIEWS
from bot.commands.look.columns.column import Column, View
from bot.commands.look.live import look_at_each
from bot.commands.look.named import named
from bot.commands.look.related import slices_of
from bot.commands.names import Namespace, check_loose_name, kind_and_names, namespace_flag, resource_called
from bot.commands.namespaces import READS, refuse_unknown
from bot.model.reply import Reply
from bot.model.resources import DAEMON_SET, DEPLOYMENT, ENDPOINT_SLICE, JOB, NODE, POD, STATEFUL_SET
from bot.ports import ClusterReader
from bot.ports_live import Screen
from bot.spec import Access, Args, Context, Listing, Live, access, flag, positional

MOVING = (POD, NODE, DEPLOYMENT, STATEFUL_SET, DAEMON_SET, JOB)
"""Kinds worth watching, which the bot's watchers need the right to anyway; not Secrets, whose watch would tell all."""

MOST = 20
"""Names in one line: each is a request of its own, and a near miss lists the whole kind."""

NAMESPACE_COLUMN: Column[Any] = Column("NAMESPACE", lambda item, now: item.metadata.namespace)


class GetArgs(Args):
    """Which objects, and how they are shown."""

    kind: str = positional("kind of object, or KIND/NAME", metavar="KIND", completes="kind")
    targets: tuple[str, ...] = positional("only these", default=(), metavar="NAME", title="Names", completes="name")
    selector: str = flag("label selector", default="", short="l", metavar="SELECTOR")
    field_selector: str = flag("field selector", default="", metavar="SELECTOR")
    sort_by: str = flag("JSONPath to sort by", default="", metavar="PATH")
    failed: bool = flag("only pods that are in trouble", default=False)
    all_namespaces: bool = flag("of every namespace", default=False, short="A")
    watch: bool = flag("keep the list up to date for a while", default=False, short="w")
    namespace: Namespace = namespace_flag()

    @model_validator(mode="before")
    @classmethod
    def _split(cls, given: dict[str, Any]) -> dict[str, Any]:
        kind, found = kind_and_names(str(given.get("kind", "")), given.get("targets", ()))
        return {**given, **({"kind": kind} if kind else {}), "targets": found}

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        return resource_called(kind, RESOURCES).plural

    @field_validator("targets")
    @classmethod
    def _named(cls, targets: tuple[str, ...]) -> tuple[str, ...]:
        if len(targets) > MOST:
            raise ValueError(f"get takes at most {MOST} names, not {len(targets)}")
        return tuple(dict.fromkeys(check_loose_name(target) for target in targets))

    @model_validator(mode="after")
    def _fits(self) -> "GetArgs":
        if self.watch and resource_called(self.kind, RESOURCES) not in MOVING:
            raise ValueError(f"--watch is for {', '.join(kind.plural for kind in MOVING)}")
        if self.failed and self.kind != POD.plural:
            raise ValueError("--failed is for pods")
        if self.targets and (self.selector or self.field_selector or self.all_namespaces):
            raise ValueError("names and selectors do not go together")
        return self


def view_of(args: GetArgs) -> View[Any]:
    """How the kind is listed."""
    return VIEW_OF[resource_called(args.kind, RESOURCES)]


def needs(args: GetArgs) -> tuple[Access, ...]:
    """Only the kind asked for: by name, or all; once, or as it changes; endpoints by their service's name."""
    resource = view_of(args).resource
    by_name = ["get", "list"] if resource is ENDPOINT_SLICE else ["get"]
    verbs = [*(by_name if args.targets else ["list"]), *(["watch"] if args.watch else [])]
    return (access(resource.group, [resource.plural], verbs),)


async def run(args: GetArgs, ctx: Context) -> Reply:
    """List them. Raises NotFound, BadArguments."""
    return await _listed(args, ctx, ctx.now)


async def follow(args: GetArgs, ctx: Context, screen: Screen) -> Reply:
    """List the first of them whenever they change. Raises as `run`."""
    view = view_of(args)
    ticks = ctx.on.cluster.list_changes(
        view.resource, _namespace(args, ctx, view), selector=args.selector, fields=args.field_selector
    )

    async def look() -> Reply:
        return await _listed(args, ctx, screen.now())

    return await look_at_each(ticks, look, screen)


async def _listed(args: GetArgs, ctx: Context, now: datetime) -> Reply:
    view = view_of(args)
    namespace = _namespace(args, ctx, view)
    items = await _items(args, ctx.on.cluster, view, namespace)
    if not items:
        await refuse_unknown(ctx.on.cluster, namespace)
    return await asyncio.to_thread(_arranged, args, items, now, namespace)  # 5,000 rows would hold up the loop


def _arranged(args: GetArgs, items: list[Any], now: datetime, namespace: str) -> Reply:
    """Choose, sort, and lay out. Raises BadArguments."""
    view = view_of(args)
    if args.failed:
        items = [item for item in items if view.is_unhealthy(item)]
    items = listing.sorted_by(args.sort_by, items) if args.sort_by else listing.unhealthy_first(view, items)
    several = args.all_namespaces and view.resource.namespaced
    columns = (*([NAMESPACE_COLUMN] if several else []), *view.columns)
    where = "all namespaces" if several else namespace
    return listing.listing(view, items, now, columns=columns, where=where, matching=_matching(args))


def _matching(args: GetArgs) -> list[str]:
    return [
        *listing.selected_by(args.selector),
        *([f"--field-selector {args.field_selector}"] if args.field_selector else []),
        *(["--failed"] if args.failed else []),
    ]


def _namespace(args: GetArgs, ctx: Context, view: View[Any]) -> str:
    if args.all_namespaces or not view.resource.namespaced:
        return ""
    return args.namespace or ctx.namespace


async def _items(args: GetArgs, cluster: ClusterReader, view: View[Any], namespace: str) -> list[Any]:
    if not args.targets:
        found = await cluster.list(view.struct, namespace, selector=args.selector, fields=args.field_selector)
        return list(found)

    def line(near: str) -> str:
        return names.line("get", view.resource.plural, near, namespace=namespace)

    async def called(target: str) -> list[Any]:
        behind = await slices_of(cluster, target, namespace) if view.resource is ENDPOINT_SLICE else ()
        return list(behind) or [await named(cluster, view, target, namespace, line)]

    return [item for found in await asyncio.gather(*map(called, args.targets)) for item in found]


COMMAND = Live(
    name="get",
    summary="List objects of a kind, the unhealthy first.",
    args=GetArgs,
    run=run,
    options=Listing,
    goes_on=lambda args: args.watch,
    follow=follow,
    access=(
        *(access(view.resource.group, [view.resource.plural], ["get", "list"]) for view in VIEWS),
        *(access(kind.group, [kind.plural], ["watch"]) for kind in MOVING),
    ),
    needs=needs,
    reads=READS,
    area="Look",
    examples=(
        "get pods",
        "get pods --failed",
        "get pods --watch -l app=odoo",
        "get deployments -o wide",
        "get pods -l app=odoo --sort-by .metadata.creationTimestamp",
        "get nodes",
        "get endpoints instance-service",
    ),
)
