"""events: what components said lately, the newest first."""

from datetime import UTC, datetime

from pydantic import field_validator

from bot.commands.look import listing
from bot.commands.look.columns import events as columns
from bot.commands.names import Namespace, check_loose_name, namespace_flag
from bot.commands.namespaces import READS, refuse_unknown
from bot.model.kube.events import Event
from bot.model.reply import Reply
from bot.model.resources import BY_NAME
from bot.spec import Args, Context, Listing, Query, access, flag

EARLIEST = datetime.min.replace(tzinfo=UTC)


class EventsArgs(Args):
    """Which events."""

    warnings: bool = flag("only warnings", default=False)
    for_: str = flag("only of one object", default="", metavar="KIND/NAME", title="Object", completes="workload")
    all_namespaces: bool = flag("of every namespace", default=False, short="A")
    namespace: Namespace = namespace_flag()

    @field_validator("for_")
    @classmethod
    def _one_object(cls, target: str) -> str:
        kind, slash, name = target.partition("/")
        if target and (not slash or kind.lower() not in BY_NAME):
            raise ValueError(f"--for takes KIND/NAME, not “{target[:80]}”")
        return f"{BY_NAME[kind.lower()].kind}/{check_loose_name(name)}" if target else ""


def field_selector(args: EventsArgs) -> str:
    """What the API server filters by."""
    kind, _, name = args.for_.partition("/")
    wanted = [
        *(["type=Warning"] if args.warnings else []),
        *([f"involvedObject.kind={kind}", f"involvedObject.name={name}"] if args.for_ else []),
    ]
    return ",".join(wanted)


async def run(args: EventsArgs, ctx: Context) -> Reply:
    """List them, the newest first."""
    namespace = "" if args.all_namespaces else args.namespace or ctx.namespace
    found = await ctx.on.cluster.list(Event, namespace, fields=field_selector(args))
    if not found:
        await refuse_unknown(ctx.on.cluster, namespace)
    newest_first = sorted(found, key=lambda event: event.last_seen or EARLIEST, reverse=True)
    where = "all namespaces" if args.all_namespaces else namespace
    matching = [*(["--warnings"] if args.warnings else []), *([f"--for {args.for_}"] if args.for_ else [])]
    return listing.listing(
        columns.VIEW, newest_first, ctx.now, columns=columns.VIEW.columns, where=where, matching=matching
    )


COMMAND = Query(
    name="events",
    summary="Show what happened lately, the newest first.",
    args=EventsArgs,
    run=run,
    options=Listing,
    access=(access("", ["events"], ["list"]),),
    reads=READS,
    area="Look",
    examples=("events --warnings", "events --for deployment/instance-worker"),
)
