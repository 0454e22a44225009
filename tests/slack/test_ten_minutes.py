"""For ten minutes Slack answers 503, then 429, then loses its answers, while 500 messages are due in PostgreSQL.

All arrive, none twice, the urgent first: what was on its way when Slack failed keeps its place.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from itertools import groupby

import pytest

from bot.model.outgoing import Card, Lane, Message
from bot.store import PostgresLedger
from playground.slack.server import PracticeSlack
from playground.slack.values import Message as Posted
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.pace import LOOK_EVERY_S, keep_pace
from tests.slack.stand import Stand

SCALE = 100
"""Ten minutes pass in six seconds."""
MINUTE_S = 60
ALL_SENT_S = 400.0
"""Real seconds; generous for a slow shared machine."""
LANES = {Lane.APPROVAL: 20, Lane.ALERT: 30, Lane.PROGRESS: 50}
IN_ORDER = ["APPROVAL", "ALERT", "PROGRESS"]
LINES = 4
"""In the thread of each card: with the card itself, 500 messages."""
ENDLESS = str(1 << 30)
LOST = 40


@pytest.fixture
async def stand(practice: PracticeSlack, ledger: PostgresLedger) -> AsyncIterator[Stand]:
    """A stand on PostgreSQL, whose clock keeps pace with Slack's."""
    clock = SharedClock(practice.clock)
    background = [asyncio.create_task(ledger.wakeups.run())]
    async with Stand(practice, inbox=FakeInbox(), outbox=FakeOutbox(clock), clock=clock, ledger=ledger) as standing:
        practice.clock.rescale(SCALE)
        background.append(asyncio.create_task(keep_pace(clock, ledger)))
        yield standing
    for task in background:
        task.cancel()
    await asyncio.wait(background)


async def pass_(stand: Stand, minutes: int) -> None:
    """Let so much of Slack's time pass."""
    await stand.clock.sleep(minutes * MINUTE_S)


async def put(stand: Stand, ledger: PostgresLedger, version: int) -> None:
    """Put every card, the lanes that may wait first, and its lines."""
    channels = [stand.channel("ops"), stand.channel("alerts")]
    async with ledger.transaction() as tx:
        for lane in sorted(LANES, reverse=True):
            for number in range(LANES[lane]):
                key, channel = f"{lane.name}-{number}", channels[number % 2]
                await tx.put(Card(key, channel, Message(f"{key} v{version}"), lane))
                if version == 1:
                    for line in range(LINES):
                        await tx.put(Card(f"{key}:{line}", channel, Message(f"{key} line {line}"), lane, key))


async def test_all_arrive_none_twice_each_thread_in_order(stand: Stand, ledger: PostgresLedger) -> None:
    stand.cause("fail", count=ENDLESS, status="503")
    await put(stand, ledger, version=1)
    await pass_(stand, 3)
    stand.cause("mend")
    stand.practice.clock.rescale(SCALE)
    stand.cause("throttle", count=ENDLESS, retry_after="20")
    await put(stand, ledger, version=2)
    await pass_(stand, 4)
    stand.cause("mend")
    stand.practice.clock.rescale(SCALE)
    stand.cause("fail", count=ENDLESS, status="500")
    await put(stand, ledger, version=3)
    await pass_(stand, 3)
    assert not posted(stand), "Slack took nothing for ten minutes"

    stand.cause("mend")
    stand.practice.clock.rescale(SCALE)
    stand.cause("lose", method="chat.postMessage", count=str(LOST))
    async with asyncio.timeout(ALL_SENT_S):
        while (await ledger.backlog()).due:  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(LOOK_EVERY_S)

    messages = posted(stand)
    expected = {f"{lane.name}-{number}" for lane, count in LANES.items() for number in range(count)}
    assert Counter(message.text for message in messages) == Counter(
        [*(f"{key} v3" for key in expected), *(f"{key} line {line}" for key in expected for line in range(LINES))]
    )
    for card in (message for message in messages if not message.is_reply):
        key = card.text.removesuffix(" v3")
        thread = [reply.text for reply in stand.practice.workspace.replies(card.channel, card.ts)[1:]]
        assert thread == [f"{key} line {line}" for line in range(LINES)]
    for channel in (stand.channel("ops"), stand.channel("alerts")):
        cards = [message for message in messages if message.channel == channel and not message.is_reply]
        assert [lane for lane, _ in groupby(card.text.partition("-")[0] for card in cards)] == IN_ORDER


def posted(stand: Stand) -> list[Posted]:
    """Everything in both channels, the oldest first."""
    found = [*stand.messages(stand.channel("ops")), *stand.messages(stand.channel("alerts"))]
    return sorted(found, key=lambda message: message.ts)
