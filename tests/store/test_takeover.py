"""Takeover: what a dead process had claimed is claimed again at once; what a living one holds is left to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from bot.model.incoming import Command, Origin
from bot.model.outgoing import Card, Message
from bot.ports_ledger import Work
from bot.store import PostgresLedger, opened_ledger
from tests.engine.desk import Desk

Claim = Callable[[PostgresLedger], Awaitable[object]]


async def claim_operation(ledger: PostgresLedger) -> object:
    """Claim an approved operation."""
    async with ledger.transaction() as tx:
        return await tx.claim_operation(Work.EXECUTION)


CLAIMS: dict[str, Claim] = {
    "deed": PostgresLedger.claim_incoming,
    "delivery": lambda ledger: ledger.claim(1),
    "operation": claim_operation,
}


@pytest.fixture
async def first(ledger_dsn: str) -> AsyncIterator[AsyncExitStack]:
    """Holds the first process's ledger, until it is closed."""
    async with AsyncExitStack() as process:
        yield process


@pytest.fixture
async def stocked(ledger: PostgresLedger) -> PostgresLedger:
    """A ledger with one thing of each kind to claim."""
    desk = Desk(ledger)
    await desk.approved("web")
    await desk.deliver()
    await ledger.accept(Command(Origin("k", "T1", "U1", "C1", datetime(2026, 5, 4, tzinfo=UTC)), "status"))
    async with ledger.transaction() as tx:
        await tx.put(Card(key="k", channel="C1", message=Message("x")))
    return ledger


@pytest.mark.parametrize("claim", list(CLAIMS.values()), ids=list(CLAIMS))
async def test_a_dead_process_loses_its_claims_at_once(
    stocked: PostgresLedger, ledger_dsn: str, first: AsyncExitStack, claim: Claim
) -> None:
    process = await first.enter_async_context(opened_ledger(ledger_dsn))
    assert await claim(process)
    assert not await claim(stocked)
    await first.aclose()
    await connections_end(stocked, process.owner)
    assert await claim(stocked)


async def connections_end(ledger: PostgresLedger, owner: str) -> None:
    """Wait until the server has noticed that a process is gone."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'saas-bot ' || $1"
    while await ledger.database.value(query, owner):
        await ledger.wait_operation(0.01)


async def test_behind_a_pooler_that_renames_connections_claims_end_by_their_time(
    stocked: PostgresLedger, ledger_dsn: str, first: AsyncExitStack
) -> None:
    process = await first.enter_async_context(opened_ledger(ledger_dsn))
    assert await claim_operation(process)
    await first.aclose()
    await connections_end(stocked, process.owner)
    async with stocked.database.connection() as connection:
        await connection.execute("SET application_name = 'pgbouncer'")
        assert await connection.fetchval("SELECT is_dead($1, $2)", process.owner, stocked.owner) is not True
