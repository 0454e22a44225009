"""The Slack side over the real inbox and outbox."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.model.outgoing import Card, Message
from bot.store import PostgresLedger
from playground.slack.server import PracticeSlack
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.stand import MAYA, Stand, until

PEOPLE, DEEDS_EACH, CARDS = 8, 40, 30


@pytest.fixture
async def stand(practice: PracticeSlack, ledger: PostgresLedger) -> AsyncIterator[Stand]:
    """A stand on PostgreSQL."""
    clock = SharedClock(practice.clock)
    waking = asyncio.ensure_future(ledger.wakeups.run())
    async with Stand(practice, inbox=FakeInbox(), outbox=FakeOutbox(clock), clock=clock, ledger=ledger) as standing:
        yield standing
    waking.cancel()
    await asyncio.wait({waking})


async def test_every_acked_command_is_a_row(stand: Stand, ledger: PostgresLedger) -> None:
    async def ask() -> list[bool]:
        channel = stand.channel("ops")
        return [(await stand.practice.people.say(MAYA, channel, "/saas status")).ok for _ in range(DEEDS_EACH)]

    outcomes = await asyncio.gather(*(ask() for _ in range(PEOPLE)))
    assert sum(map(sum, outcomes)) == PEOPLE * DEEDS_EACH
    assert await ledger.database.value("SELECT count(*) FROM inbox") == PEOPLE * DEEDS_EACH


async def test_cards_and_their_threads_arrive_once_and_end_at_their_latest_version(
    stand: Stand, ledger: PostgresLedger
) -> None:
    stand.practice.clock.rescale(100)
    channel = stand.channel("ops")
    async with ledger.transaction() as tx:
        for number in range(CARDS):
            await tx.put(Card(f"k{number}:line", channel, Message("asked"), parent=f"k{number}"))
            await tx.put(Card(f"k{number}", channel, Message("waiting")))
    await until(lambda: len(stand.messages(channel)) == 2 * CARDS)
    async with ledger.transaction() as tx:
        for number in range(CARDS):
            await tx.put(Card(f"k{number}", channel, Message(f"done {number}")))
    await until(lambda: sum(one.text.startswith("done") for one in stand.messages(channel)) == CARDS)
    assert sorted(one.text for one in stand.messages(channel)) == sorted(
        ["asked"] * CARDS + [f"done {number}" for number in range(CARDS)]
    )
