"""The front page: what `/saas` alone answers: what needs me now, what I asked for last, what I may do here."""

from collections.abc import Sequence
from datetime import datetime

from bot.engine.authorize import Authorizer
from bot.engine.decidable import decidable
from bot.engine.help import by_area
from bot.engine.usable import usable
from bot.model.actor import Actor
from bot.model.counting import counted
from bot.model.durations import spoken
from bot.model.fault_words import NOW
from bot.model.incident import Incident
from bot.model.incoming import Origin
from bot.model.operation import Operation, State
from bot.model.plan import Fact
from bot.model.reply import Button, Buttons, Facts, Part, Reply, Text, Tone
from bot.ports_ledger import Ledger
from bot.spec import AnyCommand, Change

SHOWN = 5
"""Things per heading: what does not fit on a phone is behind its button."""


async def front(authorizer: Authorizer, ledger: Ledger, actor: Actor, origin: Origin, now: datetime) -> Reply:
    """Read it all for the channel of *origin*; for the asker's eyes only. Raises Denied, Unreachable."""
    channel = authorizer.channel(origin.channel)
    pending = await ledger.operations(states={State.PENDING})
    here = [one for one in pending if channel.covers(one.plan.namespace or "*")]
    waiting = await decidable(authorizer, actor, here)
    standing = [one for one in await ledger.incidents() if one.is_standing]
    incidents = [one for one in standing if not one.owner.namespace or channel.covers(one.owner.namespace)]
    mine = await ledger.operations(requester=actor.subject.user, limit=SHOWN)
    commands = await usable(authorizer, actor, channel.home)
    late = (await ledger.backlog()).trouble
    return Reply(
        headline=_headline(waiting, incidents),
        parts=(*_late(late), *_needs(waiting, incidents, now), *_yours(mine, now), *_may(commands)),
        tone=Tone.WAITING if waiting else Tone.BAD if incidents else Tone.PLAIN,
        private=True,
    )


def _headline(waiting: Sequence[Operation], incidents: Sequence[Incident]) -> str:
    said = [f"{counted(len(waiting), 'operation')} for you to decide"] if waiting else []
    said += [f"{counted(len(incidents), 'incident')} open"] if incidents else []
    return ", ".join(said) or "Nothing needs you now"


def _late(late: str) -> list[Part]:
    """Why answers do not come."""
    return [Facts((Fact("Slack", late),))] if late else []


def _needs(waiting: Sequence[Operation], incidents: Sequence[Incident], now: datetime) -> list[Part]:
    asked = [
        Fact(one.plan.title, f"asked by {one.requester.called} {spoken(now - one.created_at)} ago")
        for one in waiting[:SHOWN]
    ]
    wrong = [
        Fact(f"{one.owner} {NOW[one.fault]}", one.diagnosis.likely if one.diagnosis else one.worst.reason)
        for one in incidents[:SHOWN]
    ]
    if not asked and not wrong:
        return []
    buttons = [Button("Waiting", "operations --waiting")] if waiting else []
    buttons += [Button("Incidents", "incidents")] if incidents else []
    return [Facts((*asked, *wrong)), Buttons(tuple(buttons))]


def _yours(mine: Sequence[Operation], now: datetime) -> list[Part]:
    facts = [Fact(one.plan.title, f"{one.state.value}, {spoken(now - one.created_at)} ago") for one in mine]
    return [Text("— You asked for —"), Facts(tuple(facts))] if facts else []


def _may(commands: Sequence[AnyCommand]) -> list[Part]:
    """Names by area; what each does is a click further."""
    facts = [Fact(group[0].area, " · ".join(f"`{one.name}`" for one in group)) for group in by_area(commands)]
    shown = next((one for one in commands if isinstance(one, Change)), commands[0]) if commands else None
    example = [Text(f"For example `{shown.examples[0]}`; `{shown.name} --help` explains it")] if shown else []
    buttons = Buttons((Button("Status", "status"), Button("Pods", "get pods"), Button("Help", "help")))
    return [Text("— You may —"), Facts(tuple(facts)), *example, buttons]
