"""A claim whose answer an outage swallowed is nobody's work: its own process takes it up at once when it is back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.errors import Unreachable
from bot.model.incoming import Command, Origin
from bot.model.outgoing import Card, Message
from bot.store import PostgresLedger, opened_ledger
from tests.fakes.cuttable import CuttableWire, cuttable

DEED = Command(Origin("k", "T1", "U1", "C1", datetime(2026, 5, 4, tzinfo=UTC)), "status")
AS_CLAIMED = "UPDATE {table} SET claimed_by = $1, claimed_until = now() + interval '60 s'"
"""What an outage leaves of a claim that was committed without an answer."""


@pytest.fixture
async def wire(ledger_dsn: str) -> AsyncIterator[CuttableWire]:
    """A wire that can be cut."""
    async with cuttable(ledger_dsn) as cut:
        yield cut


async def orphan(ledger: PostgresLedger, table: str) -> None:
    """Claim all of *table* in the name of *ledger*, without its knowledge."""
    more = ", claim = nextval('outbox_claim'), claimed_turn = turn" if table == "outbox" else ""
    await ledger.database.execute(AS_CLAIMED.format(table=table) + more, ledger.owner)


async def test_a_deed_claimed_without_an_answer_is_claimed_anew(ledger: PostgresLedger) -> None:
    await ledger.accept(DEED)
    await orphan(ledger, "inbox")
    assert await ledger.claim_incoming()
    assert await ledger.claim_incoming() is None, "now it is held"


async def test_a_delivery_claimed_without_an_answer_is_claimed_anew_in_doubt(ledger: PostgresLedger) -> None:
    async with ledger.transaction() as tx:
        await tx.put(Card("k", "C1", Message("x")))
    await orphan(ledger, "outbox")
    (delivery,) = await ledger.claim(5)
    assert await ledger.claim(5) == [], "now it is held"
    await ledger.postpone(delivery, 0, "later")
    (again,) = await ledger.claim(5)
    assert again.attempts > 0


async def test_what_another_living_process_has_claimed_is_left_to_it(ledger: PostgresLedger, ledger_dsn: str) -> None:
    await ledger.accept(DEED)
    async with opened_ledger(ledger_dsn) as other:
        assert await other.claim_incoming()
        assert await ledger.claim_incoming() is None


async def test_many_workers_of_one_process_never_take_each_others_claims_for_lost(ledger: PostgresLedger) -> None:
    for number in range(60):
        await ledger.accept(Command(Origin(f"k{number}", "T1", "U1", "C1", DEED.origin.at), "status"))
    claimed: list[str] = []

    async def work() -> None:
        while found := await ledger.claim_incoming():
            claimed.append(found.key)

    await asyncio.gather(*(work() for _ in range(8)))
    assert sorted(claimed) == sorted(f"k{number}" for number in range(60))


async def test_a_deed_that_is_done_is_held_no_more(ledger: PostgresLedger) -> None:
    await ledger.accept(DEED)
    await ledger.claim_incoming()
    assert ledger.deeds.keys == {"k"}
    async with ledger.transaction() as tx:
        await tx.finish_incoming("k")
    assert ledger.deeds.keys == set()


async def test_a_deed_whose_end_met_an_outage_stays_with_its_worker(wire: CuttableWire) -> None:
    async with opened_ledger(wire.dsn) as far:
        await far.accept(DEED)
        await far.claim_incoming()

        async def cut_off() -> None:
            async with far.transaction() as tx:
                await tx.finish_incoming("k")
                wire.cut()

        with pytest.raises(Unreachable):
            await cut_off()
        wire.mend()
        assert await far.claim_incoming() is None, "its worker tries again"
