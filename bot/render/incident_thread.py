"""The thread of an incident: one line per change of state, and the log once, whole as far as it was read."""

from typing import assert_never

from bot.model.fault_words import NOW
from bot.model.incident import Incident, Told
from bot.model.incident_words import headline
from bot.model.outgoing import Message
from bot.render import blocks, rich
from bot.render.escape import tail
from bot.render.limits import LINE_CHARACTERS
from bot.render.rich import Element

EXCERPT_CHARACTERS = 2_500
"""Of a log in the thread; the Logs button has the rest."""


def line(incident: Incident, told: Told) -> Message | None:
    """What has just happened; None where the card alone says it."""
    elements = _told(incident, told)
    return Message(text=rich.notification(elements), blocks=[blocks.paragraph(*elements)]) if elements else None


def _told(incident: Incident, told: Told) -> list[Element]:
    match told:
        case Told.OPENED | Told.EDITED:
            return []
        case Told.OTHER_CAUSE:
            likely = incident.diagnosis.likely if incident.diagnosis else incident.worst.reason
            return [rich.glue("Now for another reason: "), *rich.spans(likely)]
        case Told.REOPENED:
            return rich.spans(f"{incident.owner} {NOW[incident.fault]} again.")
        case Told.ACKNOWLEDGED:
            return [*_who(incident), rich.glue(" looks after it.")]
        case Told.SNOOZED:
            until = [rich.moment(incident.snoozed_until)] if incident.snoozed_until else []
            return [*_who(incident), rich.glue(" wants quiet until "), *until]
        case Told.ENDED:
            return rich.spans(f"{headline(incident)}.")
        case _:
            assert_never(told)


def _who(incident: Incident) -> list[Element]:
    actor = incident.acknowledged_by
    return [rich.person(actor.person)] if actor is not None else [rich.glue("Somebody")]


def excerpt(incident: Incident, told: Told) -> Message | None:
    """The last lines of the log, when the incident opens or its cause is another one."""
    known = incident.diagnosis
    if told not in (Told.OPENED, Told.REOPENED, Told.OTHER_CAUSE) or known is None or len(known.log) < 2:
        return None
    title = f"Last lines of {incident.worst.subject.name} before it ended"
    words = tail("\n".join(known.log), EXCERPT_CHARACTERS, LINE_CHARACTERS)
    return Message(text=title, blocks=[blocks.paragraph(rich.text(title)), blocks.preformatted(words)])
