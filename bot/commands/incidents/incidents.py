"""incidents: what is wrong, and what was lately, with who looked after it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

from bot.commands.incidents.per_day import per_day
from bot.commands.incidents.reading import READS, ended_by
from bot.commands.names import Namespace, line, namespace_flag
from bot.commands.spans import check_span, span
from bot.model.counting import counted
from bot.model.durations import age
from bot.model.fault_words import NOW, THEN
from bot.model.incident import Incident
from bot.model.incident_words import lasted
from bot.model.reply import Button, Part, Reply, Table, Tone
from bot.spec import Args, Context, Listing, Query, flag

LONGEST = timedelta(days=365)
"""Nobody reads further back than that from a chat."""
PICTURED = 3
"""Fewer are read more quickly than a picture of them."""


class IncidentsArgs(Args):
    """Which."""

    since: Annotated[str, AfterValidator(check_span)] = flag(
        "also those that ended within that time", default="", metavar="SPAN"
    )
    all_namespaces: bool = flag("in every namespace", default=False, short="A")
    namespace: Namespace = namespace_flag()


async def run(args: IncidentsArgs, ctx: Context) -> Reply:
    """Read them from the database: the way back to a thread that has scrolled away."""
    back = span(args.since)
    ended_since = ctx.now - min(back, LONGEST) if back else None
    found = await ctx.incidents.incidents(ctx.on.cluster.name, ended_since=ended_since)
    namespace = args.namespace or ctx.namespace
    here = [one for one in found if args.all_namespaces or one.owner.namespace in ("", namespace)]
    standing = [one for one in here if one.is_standing]
    if not here:
        return Reply(headline=f"Nothing is wrong{_where(args, namespace)}{_ever(args)}", tone=Tone.GOOD)
    parts: list[Part] = [_table(here, ctx)]
    if ended_since and len(here) >= PICTURED:
        parts.append(per_day(here, ended_since, ctx.now))
    return Reply(headline=_headline(standing, here), parts=tuple(parts), tone=Tone.BAD if standing else Tone.GOOD)


def _headline(standing: Sequence[Incident], here: Sequence[Incident]) -> str:
    ended = len(here) - len(standing)
    tended = sum(one.acknowledged_by is not None for one in standing)
    said = [f"{counted(len(standing), 'incident')} open" if standing else "Nothing is wrong now"]
    said += [f"{tended} looked after"] if tended else []
    said += [f"{ended} ended"] if ended else []
    return ", ".join(said)


def _where(args: IncidentsArgs, namespace: str) -> str:
    return "" if args.all_namespaces else f" in {namespace}"


def _ever(args: IncidentsArgs) -> str:
    return f", and nothing was in the last {args.since}" if args.since else ""


def _table(here: Sequence[Incident], ctx: Context) -> Table:
    """What stands first, the newest first."""
    ordered = sorted(here, key=lambda one: (one.is_standing, one.opened_at), reverse=True)
    return Table(
        columns=("NO", "WHAT", "STATE", "AGE", "LASTED", "LIKELY", "BY"),
        rows=tuple(_row(one, ctx) for one in ordered),
        row_buttons=tuple((_show(one),) for one in ordered),
        file_name="incidents.txt",
    )


def _show(one: Incident) -> Button:
    return Button(f"Show {one.number}", line("incident", "show", str(one.number), namespace=one.owner.namespace))


def _row(one: Incident, ctx: Context) -> tuple[str, ...]:
    return (
        str(one.number),
        f"{one.owner} {(NOW if one.is_standing else THEN)[one.fault]}",
        one.state.value,
        age(ctx.now - one.opened_at),
        "" if one.is_standing else age(lasted(one)),
        one.diagnosis.likely if one.diagnosis else one.worst.reason,
        ended_by(one),
    )


COMMAND = Query(
    name="incidents",
    summary="List what is wrong, and with --since what was.",
    args=IncidentsArgs,
    run=run,
    options=Listing,
    access=READS,
    examples=("incidents", "incidents --since 7d", "incidents -A --since 1d"),
    area="Look",
)
