"""Attending: an emoji on a person's own message says at once that it is looked after, and at the end that it was."""

from enum import Enum

from bot.model.incoming import Command, Incoming
from bot.model.outgoing import Reaction


class Attended(Enum):
    """How far it is; each goes in the place of 👀, by Slack's names."""

    WORKING = "eyes"
    ANSWERED = "white_check_mark"
    REFUSED = "warning"


def attended(item: Incoming, how: Attended) -> Reaction | None:
    """The emoji on the message that *item* was written in; nothing else of a person's can bear one."""
    if not isinstance(item, Command) or not item.origin.message_ts:
        return None
    return Reaction(
        key=f"reaction:{item.origin.key}",
        channel=item.origin.channel,
        ts=item.origin.message_ts,
        name=how.value,
        instead_of="" if how is Attended.WORKING else Attended.WORKING.value,
    )
