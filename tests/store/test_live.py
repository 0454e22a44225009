"""Live answers: only their own process keeps them, anybody ends them once, and a dead process's are found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import Fenced
from bot.model.actor import Person
from bot.model.incoming import Origin
from bot.model.live import LiveAnswer
from bot.model.outgoing import Card, Message
from bot.model.reply import Reply
from bot.ports_slack import Location
from bot.store import PostgresLedger, opened_ledger
from tests.store.test_takeover import connections_end

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ANSWER = LiveAnswer(
    id="a1",
    origin=Origin("deed-1", "T1", "UMAYA", "C1", NOON),
    asker=Person("T1", "UMAYA"),
    line="logs web --follow",
    reply=Reply("2 lines \0 of web"),
    began_at=NOON,
    until=NOON + timedelta(minutes=10),
)


async def begun(ledger: PostgresLedger) -> PostgresLedger:
    async with ledger.transaction() as tx:
        await tx.begin_live(ANSWER)
    return ledger


async def test_one_is_kept_found_counted_and_ended_once(ledger: PostgresLedger) -> None:
    await begun(ledger)
    assert await ledger.live("a1") == ANSWER
    assert (await ledger.live_count("UMAYA"), await ledger.live_count("UJON")) == (1, 0)
    async with ledger.transaction() as tx:
        await tx.keep_live(ANSWER)
        assert await tx.end_live("a1") == ANSWER
        assert await tx.end_live("a1") is None
    assert await ledger.live("a1") is None
    with pytest.raises(Fenced):
        async with ledger.transaction() as tx:
            await tx.keep_live(ANSWER)


async def test_one_of_a_dead_process_is_an_orphan_at_once(ledger: PostgresLedger, ledger_dsn: str) -> None:
    async with opened_ledger(ledger_dsn) as other:
        await begun(other)
        assert await ledger.orphans() == []
    await connections_end(ledger, other.owner)
    assert await ledger.orphans() == [ANSWER]


async def test_one_that_nobody_keeps_is_an_orphan_in_time_to_all_but_its_own_process(
    ledger: PostgresLedger, ledger_dsn: str
) -> None:
    late = await begun(replace(ledger, lease=timedelta(0)))
    async with opened_ledger(ledger_dsn) as other:
        assert await other.orphans() == [ANSWER]
    assert await late.orphans() == []


async def test_another_process_does_not_keep_what_is_not_its_own(ledger: PostgresLedger, ledger_dsn: str) -> None:
    await begun(ledger)
    async with opened_ledger(ledger_dsn) as other:
        with pytest.raises(Fenced):
            async with other.transaction() as tx:
                await tx.keep_live(ANSWER)


async def test_what_is_put_is_sent_when_the_sender_says_so(ledger: PostgresLedger) -> None:
    async with ledger.transaction() as tx:
        assert await tx.is_sent("lines")
        await tx.put(Card(key="lines", channel="C1", message=Message("x")))
        assert not await tx.is_sent("lines")
    [delivery] = await ledger.claim(1)
    await ledger.sent(delivery, Location("C1", "1.1"))
    async with ledger.transaction() as tx:
        assert await tx.is_sent("lines")
