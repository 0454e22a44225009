"""A storm of incidents in one namespace, Slack's one message a second: an incident elsewhere is told within seconds."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.model.outgoing import Card, Lane, Message
from bot.store import PostgresLedger
from playground.slack.server import PracticeSlack
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.stand import Stand, until

SCALE = 100
STANDSTILL = 0
"""While the test puts something: on a slow machine Slack's seconds would fly past."""
STORM = 60
"""Incidents: a minute of one channel's messages."""
TOLD_WITHIN = 8
"""Messages that may go before it, one a second: four that were claimed, what went out meanwhile, and its turn."""


@pytest.fixture
async def stand(practice: PracticeSlack, ledger: PostgresLedger) -> AsyncIterator[Stand]:
    """A stand on PostgreSQL, in fast time."""
    clock = SharedClock(practice.clock)
    waking = asyncio.create_task(ledger.wakeups.run())
    async with Stand(practice, inbox=FakeInbox(), outbox=FakeOutbox(clock), clock=clock, ledger=ledger) as standing:
        practice.clock.rescale(SCALE)
        yield standing
        practice.clock.rescale(SCALE)  # so that what is under way can end
    waking.cancel()
    await asyncio.wait({waking})


async def put(ledger: PostgresLedger, *cards: Card) -> None:
    """Put *cards* at once, as one look at the cluster does."""
    async with ledger.transaction() as tx:
        for card in cards:
            await tx.put(card)


async def test_an_incident_elsewhere_does_not_wait_for_the_end_of_a_storm(stand: Stand, ledger: PostgresLedger) -> None:
    channel = stand.channel("alerts")
    storm = [
        Card(f"i{number}", channel, Message("storm"), Lane.ALERT, namespace="saas-shop") for number in range(STORM)
    ]
    await put(ledger, *storm)
    await until(lambda: len(stand.messages(channel)) >= TOLD_WITHIN)
    clock = stand.practice.clock
    clock.rescale(STANDSTILL)
    before = len(stand.messages(channel))
    await put(ledger, Card("elsewhere", channel, Message("elsewhere"), Lane.ALERT, namespace="saas-billing"))
    clock.rescale(SCALE)
    await until(lambda: any(one.text == "elsewhere" for one in stand.messages(channel)))
    told = [one.text for one in stand.messages(channel)].index("elsewhere")
    assert told - before <= TOLD_WITHIN


async def test_a_storm_in_one_channel_holds_up_no_other(stand: Stand, ledger: PostgresLedger) -> None:
    stormy, quiet = stand.channel("alerts"), stand.channel("ops")
    await put(ledger, *(Card(f"i{number}", stormy, Message("storm"), Lane.ALERT) for number in range(STORM)))
    await until(lambda: len(stand.messages(stormy)) >= TOLD_WITHIN)
    stand.practice.clock.rescale(STANDSTILL)
    await put(ledger, Card("answer", quiet, Message("41 pods"), Lane.ANSWER))
    await until(lambda: stand.messages(quiet))
    assert len(stand.messages(stormy)) < STORM
