"""Slack's rich_text elements: text in them is parsed by nobody, whoever wrote it."""

from datetime import datetime

from bot.model.actor import Person
from bot.model.plan import Json
from bot.render.escape import inline, mrkdwn
from bot.render.limits import PARAGRAPH_CHARACTERS

Element = dict[str, Json]


def text(value: str, *, limit: int = PARAGRAPH_CHARACTERS) -> Element:
    """Plain text on one line."""
    return {"type": "text", "text": inline(value, limit) or " "}


def glue(value: str) -> Element:
    """Our own punctuation between elements, blanks and line breaks kept."""
    return {"type": "text", "text": value}


def bold(value: str) -> Element:
    """Bold text on one line."""
    return {**text(value), "style": {"bold": True}}


def code(value: str) -> Element:
    """A name or a command line, in code font."""
    return {**text(value), "style": {"code": True}}


def person(who: Person) -> Element:
    """The person's name as Slack knows it; notifies him when the message is new."""
    return {"type": "user", "user_id": who.user_id}


def moment(at: datetime, pattern: str = "{time}") -> Element:
    """A time in the reader's own zone."""
    return {"type": "date", "timestamp": int(at.timestamp()), "format": pattern, "fallback": f"{at:%H:%M} UTC"}


def spans(value: str, *, limit: int = PARAGRAPH_CHARACTERS) -> list[Element]:
    """A sentence whose `backticked` parts are names: "`a` is gone" → code a, text " is gone"."""
    parts = inline(value, limit).split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner stays a backtick
        parts[-2:] = ["`".join(parts[-2:])]
    return [
        {"type": "text", "text": part, **({"style": {"code": True}} if place % 2 else {})}
        for place, part in enumerate(parts)
        if part
    ] or [{"type": "text", "text": " "}]


def notification(elements: list[Element]) -> str:
    """What a lock screen or a screen reader says of *elements*: mentions live, everything else escaped."""
    return "".join(
        f"<@{element['user_id']}>"
        if element["type"] == "user"
        else mrkdwn(str(element.get("text") or element.get("fallback") or ""))
        for element in elements
    )
