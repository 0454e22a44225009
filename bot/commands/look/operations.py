"""operations: what was asked for, by whom, and what came of it."""

from bot.commands.names import Namespace, line, namespace_flag
from bot.model.counting import counted
from bot.model.durations import spoken
from bot.model.operation import OPEN, Operation, State
from bot.model.reply import Button, Reply, Table, Tone
from bot.spec import Args, Context, Listing, Query, flag

SHOWN = 100
"""Of the latest; the audit has them all."""


class OperationsArgs(Args):
    """Which."""

    waiting: bool = flag("only those that wait for approval", default=False)
    mine: bool = flag("only what I asked for", default=False)
    all_namespaces: bool = flag("in every namespace", default=False, short="A")
    namespace: Namespace = namespace_flag()


async def run(args: OperationsArgs, ctx: Context) -> Reply:
    """Read them from the database: the way back to a card that Slack has lost."""
    found = await ctx.operations.operations(
        states={State.PENDING} if args.waiting else (),
        requester=ctx.actor.subject.user if args.mine else "",
        limit=SHOWN,
    )
    here = [one for one in found if args.all_namespaces or one.plan.namespace == args.namespace]
    ordered = sorted(here, key=_open_first)
    table = Table(
        columns=("NO", "WHAT", "STATE", "ASKED BY", "AGO", "OUTCOME"),
        rows=tuple(_row(one, ctx) for one in ordered),
        row_buttons=tuple((_show(one),) for one in ordered),
        file_name="operations.txt",
    )
    return Reply(headline=_headline(here, args), parts=(table,) if here else (), tone=_tone(here))


def _headline(here: list[Operation], args: OperationsArgs) -> str:
    if not here:
        return "Nothing waits for approval" if args.waiting else "Nothing was asked for yet"
    waiting = sum(one.state is State.PENDING for one in here)
    running = sum(one.state in OPEN - {State.PENDING} for one in here)
    ended = len(here) - waiting - running
    return f"{counted(len(here), 'operation')}: {waiting} waiting, {running} running, {ended} ended"


def _tone(here: list[Operation]) -> Tone:
    return Tone.WAITING if any(one.state is State.PENDING for one in here) else Tone.PLAIN


def _open_first(one: Operation) -> tuple[bool, int]:
    return one.state not in OPEN, -one.number


def _show(one: Operation) -> Button:
    return Button(f"Show {one.number}", line("operation", "show", str(one.number), namespace=one.plan.namespace))


def _row(one: Operation, ctx: Context) -> tuple[str, ...]:
    return (
        str(one.number),
        one.plan.title,
        one.state.value,
        one.requester.called,
        spoken(ctx.now - one.created_at),
        one.outcome,
    )


COMMAND = Query(
    name="operations",
    summary="List what was asked for, by whom, and what came of it.",
    args=OperationsArgs,
    run=run,
    options=Listing,
    access=(),
    examples=("operations", "operations --waiting", "operations --mine -A"),
    area="Look",
)
