"""Puts into the outbox of a stand, waits until all of it is out, and reads what stands in Slack then."""

from bot.model.outgoing import Card, Document, HomeContent, Reaction, ViewContent, Whisper
from playground.slack.values import Message as Posted
from tests.slack.stand import Stand, until


async def send(stand: Stand, *items: Card | Whisper | Document | ViewContent | HomeContent | Reaction) -> None:
    """Put *items* into the outbox and wait until nothing is due; time runs fast, since nobody waits for an ack."""
    stand.practice.clock.rescale(100)
    for item in items:
        stand.outbox.put(item)
    await until(lambda: stand.outbox.is_settled)


def texts(messages: list[Posted]) -> list[str]:
    """Only the words."""
    return [message.text for message in messages]
