"""The lists of messages: a conversation's main column and a thread's, with what an open page keeps of ephemerals."""

from collections.abc import Sequence

from playground.page.desk import Desk
from playground.page.html import Html, join
from playground.page.messages import draw_message
from playground.slack.values import Message

# A page opens with the newest messages; older ones are a scroll that nobody makes in a practice workspace.
SHOWN = 100


def main_messages(desk: Desk) -> list[Message]:
    """What stands in the main column of the reader's conversation, oldest first."""
    place = desk.place
    stored = desk.workspace.visible_messages(place.channel, place.person)
    ephemerals = [m for m in _ephemerals(desk) if not m.is_reply]
    return sorted([*stored, *ephemerals], key=lambda message: message.ts)


def thread_messages(desk: Desk) -> list[Message]:
    """The open thread, its parent first."""
    place = desk.place
    if not place.thread or not desk.workspace.may_read(place.person, desk.channel):
        return []
    stored = desk.workspace.replies(place.channel, place.thread)
    ephemerals = [m for m in _ephemerals(desk) if m.thread_ts == place.thread]
    return sorted([*stored, *ephemerals], key=lambda message: message.ts)


def draw_list(messages: Sequence[Message], desk: Desk, *, column: str) -> Html:
    """Draw *messages* one after the other."""
    before: list[Message | None] = [None, *messages]
    return join(
        *(draw_message(m, previous, desk, column=column) for previous, m in zip(before, messages, strict=False))
    )


def _ephemerals(desk: Desk) -> list[Message]:
    place = desk.place
    return [m for m in desk.workspace.ephemerals_of(place.channel, place.person) if m.ts >= place.since]
