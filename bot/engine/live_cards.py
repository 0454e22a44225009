"""The cards of a live answer, as items for the outbox."""

from bot.engine.live_screen import Told
from bot.model.live import Ending, LiveAnswer
from bot.model.outgoing import Card, Lane, Message
from bot.render.live import ended_message, lines_message, live_message


def live_card(answer: LiveAnswer, *, lane: Lane = Lane.PROGRESS) -> Card:
    """The card while it goes on: changes of it give way to everything else."""
    return _card(answer, live_message(answer), lane)


def ended_card(answer: LiveAnswer, ending: Ending) -> Card:
    """The card once it has ended: somebody waits for it, and what it says of now must not stand."""
    return _card(answer, ended_message(answer, ending), Lane.ANSWER)


def lines_key(answer: LiveAnswer, number: int) -> str:
    """Key of the message with the lines that came *number*th."""
    return f"live:{answer.id}:lines:{number}"


def lines_card(answer: LiveAnswer, told: Told, number: int) -> Card:
    """New lines, in the card's thread; where it was asked in a thread, in that one."""
    return Card(
        key=lines_key(answer, number),
        channel=answer.origin.channel or answer.origin.user_id,
        message=lines_message(told.lines, told.left_out),
        lane=Lane.PROGRESS,
        parent="" if answer.origin.thread_ts else answer.key,
        thread_ts=answer.origin.thread_ts,
    )


def _card(answer: LiveAnswer, message: Message, lane: Lane) -> Card:
    origin = answer.origin
    return Card(
        key=answer.key,
        channel=origin.channel or origin.user_id,
        message=message,
        lane=lane,
        thread_ts=origin.thread_ts,
        origin_key=origin.key,
    )
