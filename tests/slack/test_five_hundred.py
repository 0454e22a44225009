"""Five hundred messages that are due while Slack says 429 or fails: all arrive, none twice."""

import asyncio
from collections import Counter

from bot.model.outgoing import Card, Message
from tests.slack.stand import Stand, until


async def send_500(stand: Stand) -> Counter[str]:
    """Put 500 messages for three channels into the outbox, and count what is seen in the end."""
    stand.practice.clock.rescale(100)
    channels = [stand.channel(name) for name in ("ops", "alerts", "general")]
    stand.practice.workspace.join(channels[2], [stand.practice.installation.bot_user])
    for number in range(500):
        stand.outbox.put(Card(f"k{number}", channels[number % 3], Message(f"message {number}")))
    await until(lambda: stand.outbox.is_settled)
    mine = stand.practice.installation.bot_user
    return Counter(one.text for channel in channels for one in stand.messages(channel) if one.user == mine)


EACH_ONCE = Counter({f"message {number}": 1 for number in range(500)})


async def test_500_messages_survive_ten_minutes_of_429(stand: Stand) -> None:
    stand.cause("throttle", method="chat.postMessage", count=3, retry_after=600)
    stand.cause("throttle", method="chat.postMessage", count=3, retry_after=60)
    sending = asyncio.ensure_future(send_500(stand))
    await until(lambda: stand.side.health().throttled == 3)
    assert len(stand.outbox.posted) == 0
    stand.practice.clock.turn(600)
    assert await sending == EACH_ONCE
    assert stand.side.health().throttled == 6


async def test_500_messages_survive_a_slack_that_fails(stand: Stand) -> None:
    stand.cause("fail", method="chat.postMessage", count=40, status=503)
    assert await send_500(stand) == EACH_ONCE
