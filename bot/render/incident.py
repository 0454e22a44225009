"""The card of an incident: one message per channel, red while it is wrong, green with its duration when it is over."""

from bot.diagnosis.offers import choices, more
from bot.model.counting import counted
from bot.model.incident import Incident, IncidentState
from bot.model.incident_words import headline
from bot.model.outgoing import Message
from bot.model.plan import Fact
from bot.model.quoting import quoted
from bot.model.symptom import Fault
from bot.render import blocks, rich, tone
from bot.render.blocks import Block
from bot.render.escape import cut, inline, mrkdwn
from bot.render.limits import FACTS_PER_CARD, NOTIFICATION_CHARACTERS
from bot.render.rich import Element
from bot.render.run_buttons import lines_behind, run_button, run_overflow


def incident_card(incident: Incident) -> Message:
    """Draw *incident* as it stands."""
    look = tone.INCIDENTS[incident.state]
    body = _standing(incident) if incident.is_standing else _ended(incident)
    return Message(
        text=notification(incident),
        blocks=[blocks.headline(headline(incident), emoji=look.emoji, after=_beside(incident)), *body],
        color=look.color,
        lines=lines_behind([*choices(incident), *more(incident)]) if incident.is_standing else {},
    )


def notification(incident: Incident) -> str:
    """The first line for a phone's lock screen, with the likely cause where it is known; escaped."""
    why = f": {incident.diagnosis.likely}" if incident.is_standing and incident.diagnosis else ""
    words = (
        f"{tone.INCIDENTS[incident.state].emoji} {headline(incident)} ({incident.owner.namespace or 'cluster'}){why}"
    )
    return mrkdwn(cut(inline(words.replace("`", ""), NOTIFICATION_CHARACTERS), NOTIFICATION_CHARACTERS))


def _beside(incident: Incident) -> list[Element]:
    """What stands right of the headline: the namespace, how many pods, since when."""
    found: list[Element] = []
    if incident.owner.namespace:
        found += [rich.glue("  "), rich.code(incident.owner.namespace)]
    if incident.is_standing:
        count = _count(incident)
        found += [*([rich.glue(f" · {count}")] if count else []), rich.glue(" · since ")]
        found += [rich.moment(incident.opened_at)]
    return found


def _count(incident: Incident) -> str:
    """`3 of 3 pods`: how much of the owner is affected."""
    if incident.fault in (Fault.NODE_NOT_READY, Fault.ROLLOUT_STALLED, Fault.BACKUP_OVERDUE):
        return ""
    number = len({member.uid for member in incident.members})
    if incident.fault is Fault.JOB_FAILED:
        return f"{number} runs" if number > 1 else ""
    wanted = incident.diagnosis.wanted if incident.diagnosis else 0
    if not number:
        return "no pod fails now, healed once all stay ready"
    known = max(wanted, number)
    return f"{number} of {counted(known, 'pod')}" if wanted else counted(number, "pod")


def _standing(incident: Incident) -> list[Block]:
    return [
        blocks.facts(_facts(incident)),
        *([blocks.lines(people)] if (people := _people(incident)) else []),
        blocks.actions(
            *(run_button(button, place) for place, button in enumerate(choices(incident))),
            _own_button(incident),
            *([run_overflow(rest, 9)] if (rest := more(incident)) else []),
        ),
    ]


def _own_button(incident: Incident) -> Element:
    """Acknowledge first; who looks after it may want quiet."""
    if incident.state is IncidentState.OPEN:
        return blocks.button("Acknowledge", "ack", incident.id)
    return blocks.button("Snooze 1 h", "snooze", incident.id)


def _facts(incident: Incident) -> list[Fact]:
    """The likely cause first; what the kubelet itself says where nothing was found out."""
    known, worst = incident.diagnosis, incident.worst
    found = []
    if known is not None and known.likely:
        found.append(Fact("Likely", known.likely))
    else:
        said = quoted(worst.message) if worst.message else ""
        found.append(Fact("Reason", ": ".join(part for part in (worst.reason, said) if part) or "not known"))
    if known is not None and known.telling:
        found.append(Fact("Log", f"`{known.telling.replace('`', '’')}`"))
    if known is not None and known.changed:
        found.append(Fact("Changed", known.changed))
    if incident.fault in (Fault.CRASH_LOOP, Fault.OOM_KILLED) and (restarts := _restarts(incident)):
        found.append(Fact("Restarts", restarts))
    found += known.facts if known is not None else ()
    return found[:FACTS_PER_CARD]


def _restarts(incident: Incident) -> str:
    counts = [member.restarts for member in incident.members]
    return f"{max(counts)} of the worst pod, {sum(counts)} in all" if len(counts) > 1 else "".join(map(str, counts))


def _people(incident: Incident) -> list[list[Element]]:
    rows: list[list[Element]] = []
    if incident.acknowledged_by is not None:
        rows.append([rich.person(incident.acknowledged_by.person), rich.glue(" looks after it")])
    if incident.snoozed_until is not None:
        rows.append([rich.glue("Quiet until "), rich.moment(incident.snoozed_until)])
    return rows


def _ended(incident: Incident) -> list[Block]:
    rows: list[list[Element]] = []
    if incident.diagnosis is not None and incident.diagnosis.likely:
        rows.append([rich.bold("Was"), rich.glue("  "), *rich.spans(incident.diagnosis.likely)])
    if (remedy := incident.remedy) is not None:
        rows.append([rich.text(remedy.done), rich.glue(" by "), rich.person(remedy.requester.person)])
        for approver in remedy.approvers:
            rows[-1] += [rich.glue(", approved by "), rich.person(approver.person)]
    return [blocks.lines(rows)] if rows else []
