"""incident show: one incident whole, from the database: cause, evidence, who looked after it, what ended it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from bot.commands.incidents.reading import READS
from bot.commands.names import Namespace, namespace_flag
from bot.commands.numbered import numbered
from bot.diagnosis.offers import choices
from bot.diagnosis.telling import told
from bot.model.counting import counted
from bot.model.durations import spoken
from bot.model.incident import Incident, IncidentState
from bot.model.incident_words import headline, lasted
from bot.model.plan import Fact
from bot.model.reply import Buttons, Facts, Part, Reply, Tone
from bot.spec import Args, Context, Query, positional

NAMED = 10
"""Pods that are named; the rest is counted."""

TONES: dict[IncidentState, Tone] = {
    IncidentState.OPEN: Tone.BAD,
    IncidentState.ACKNOWLEDGED: Tone.WARNING,
    IncidentState.HEALED: Tone.GOOD,
    IncidentState.GONE: Tone.PLAIN,
}


class IncidentShowArgs(Args):
    """Which one."""

    number: Annotated[int, Field(ge=1)] = positional("as `incidents` lists it", metavar="NO")
    namespace: Namespace = namespace_flag()


async def run(args: IncidentShowArgs, ctx: Context) -> Reply:
    """Read it. Raises NotFound, also where it is of another namespace: who may not see it learns nothing of it."""
    namespace = args.namespace or ctx.namespace
    incident = await numbered(
        ctx.incidents.numbered_incident(args.number),
        lambda one: one.cluster == ctx.on.cluster.name and one.owner.namespace in ("", namespace),
        named=f"incident {args.number} in {namespace}",
        hint="`incidents --since 7d` lists them.",
    )
    return Reply(headline=headline(incident), parts=_parts(incident, ctx.now), tone=TONES[incident.state])


def _parts(incident: Incident, now: datetime) -> tuple[Part, ...]:
    offered = choices(incident) if incident.is_standing else []
    return (
        Facts(tuple(_course(incident, now))),
        *told(incident.worst, incident.diagnosis),
        *([Buttons(tuple(offered))] if offered else []),
    )


def _course(incident: Incident, now: datetime) -> list[Fact]:
    """When, who, and by what."""
    since = f"{spoken(now - incident.opened_at)} ago"
    facts = [Fact("Began", since if incident.is_standing else f"{since}, lasted {spoken(lasted(incident))}")]
    facts += [Fact("Came back", counted(incident.reopened, "time"))] if incident.reopened else []
    facts += [Fact("Affected", _members(incident))] if incident.members else []
    facts += [Fact("Looked after by", incident.acknowledged_by.called)] if incident.acknowledged_by else []
    return facts + ([Fact("Before it ended", _remedy(incident))] if incident.remedy else [])


def _members(incident: Incident) -> str:
    names = sorted({one.name for one in incident.members})
    more = [f"and {len(names) - NAMED} more"] if len(names) > NAMED else []
    return ", ".join([*names[:NAMED], *more])


def _remedy(incident: Incident) -> str:
    """`Rolled back deployment/odoo-acme to revision 11 by maya, approved by jon (operation 12)`."""
    remedy = incident.remedy
    if remedy is None:
        return ""
    approved = f", approved by {' and '.join(one.called for one in remedy.approvers)}" if remedy.approvers else ""
    return f"{remedy.done} by {remedy.requester.called}{approved} (operation {remedy.number})"


COMMAND = Query(
    name="incident show",
    summary="Show one incident whole: its cause, the evidence, who looked after it and what ended it.",
    args=IncidentShowArgs,
    run=run,
    access=READS,
    examples=("incident show 12",),
    area="Look",
)
