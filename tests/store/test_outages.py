"""Outages: a database that goes away is one clear error; when it is back, everything goes on by itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.engine.loop import Backoff
from bot.errors import Unreachable
from bot.model.incoming import Command, Origin
from bot.model.operation import State
from bot.store import PostgresLedger, opened_ledger
from bot.store.wakeups import Topic, Wakeups
from tests.engine.desk import Desk
from tests.fakes.cuttable import CuttableWire, cuttable

DEED = Command(Origin("k", "T1", "U1", "C1", datetime(2026, 5, 4, tzinfo=UTC)), "status")
SOON = Backoff(first_s=0.01, most_s=0.02)


@pytest.fixture
async def wire(ledger_dsn: str) -> AsyncIterator[CuttableWire]:
    """A wire that can be cut."""
    async with cuttable(ledger_dsn) as cut:
        yield cut


@pytest.fixture
async def far(wire: CuttableWire) -> AsyncIterator[PostgresLedger]:
    """A ledger behind that wire."""
    async with opened_ledger(wire.dsn) as opened:
        yield opened


CALLS: dict[str, Callable[[PostgresLedger], Awaitable[object]]] = {
    "accept": lambda ledger: ledger.accept(DEED),
    "claim a deed": lambda ledger: ledger.claim_incoming(),
    "claim deliveries": lambda ledger: ledger.claim(1),
    "read operations": lambda ledger: ledger.operations(),
    "find a card": lambda ledger: ledger.card_at("C1", "1.0"),
    "see what is on its way": lambda ledger: ledger.is_posting("C1"),
    "read a card": lambda ledger: ledger.message_at("C1", "1.0"),
    "verify the audit": lambda ledger: ledger.verify_audit(),
    "propose": lambda ledger: Desk(ledger).propose(Desk(ledger).plan("web")),
}


@pytest.mark.parametrize("call", list(CALLS.values()), ids=list(CALLS))
async def test_a_call_during_the_outage_says_so_and_the_next_one_after_it_works(
    wire: CuttableWire, far: PostgresLedger, call: Callable[[PostgresLedger], Awaitable[object]]
) -> None:
    await far.operations()  # so that a connection is open that breaks
    wire.cut()
    with pytest.raises(Unreachable, match="The database does not answer"):
        await call(far)
    wire.mend()
    await call(far)


async def test_a_transaction_that_is_cut_off_keeps_nothing(wire: CuttableWire, far: PostgresLedger) -> None:
    await far.accept(DEED)

    async def cut_off() -> None:
        async with far.transaction() as tx:
            await tx.finish_incoming("k")
            wire.cut()

    with pytest.raises(Unreachable):
        await cut_off()
    wire.mend()
    assert await far.claim_incoming() is not None


async def test_an_outage_in_the_middle_of_an_execution_has_one_effect(wire: CuttableWire, far: PostgresLedger) -> None:
    """The database goes away right after the write; the loop waits, claims again and finds its mark."""
    desk = Desk(replace(far, lease=timedelta(0)))
    operation = await desk.approved("web")

    async def cut(name: str) -> None:
        wire.cut()
        asyncio.get_running_loop().call_later(0.05, wire.mend)

    desk.cluster.after_write = cut
    running = asyncio.create_task(replace(desk.executor, backoff=SOON).run())
    async with asyncio.timeout(120):
        while not await is_applied(desk, operation.id):
            await far.wait_operation(0.02)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert desk.cluster.effects.total() == 1


async def is_applied(desk: Desk, operation_id: str) -> bool:
    """Say whether it is known to be applied."""
    with suppress(Unreachable):
        return (await desk.ledger.operation(operation_id)).state is State.APPLIED
    return False


async def test_a_ring_ends_a_wait_at_once(ledger: PostgresLedger) -> None:
    async with asyncio.TaskGroup() as group:
        ringing = group.create_task(ledger.wakeups.run())
        await ledger.wait_incoming(10)  # the first ring of all comes when the listener is ready
        accepting = group.create_task(ledger.accept(DEED))
        async with asyncio.timeout(120):
            await ledger.wait_incoming(60)
        assert await accepting
        ringing.cancel()


async def test_a_ring_between_looking_and_waiting_is_heard(ledger: PostgresLedger) -> None:
    await ledger.wakeups.wait(Topic.INBOX, within_s=0)
    ledger.wakeups.heard(None, 0, "", "inbox")
    async with asyncio.timeout(120):
        await ledger.wakeups.wait(Topic.INBOX, within_s=60)


async def test_who_waits_for_several_hears_each_of_them_and_nothing_else(ledger: PostgresLedger) -> None:
    async def twice() -> None:
        await ledger.wait_news(60)
        await ledger.wait_news(60)

    waiting = asyncio.create_task(twice())
    for topic in ("inbox", "operation", "outbox"):
        await asyncio.sleep(0.01)
        ledger.wakeups.heard(None, 0, "", topic)
    await asyncio.sleep(0.01)
    assert not waiting.done()
    ledger.wakeups.heard(None, 0, "", "incident")
    async with asyncio.timeout(120):
        await waiting


async def test_every_worker_hears_a_ring(ledger: PostgresLedger) -> None:
    async def worker() -> None:
        await ledger.wakeups.wait(Topic.INBOX, within_s=0)
        await ledger.wakeups.wait(Topic.INBOX, within_s=60)

    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        workers = [group.create_task(worker()) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert not any(worker.done() for worker in workers)
        ledger.wakeups.heard(None, 0, "", "inbox")


def test_a_ring_of_a_newer_version_is_ignored() -> None:
    wakeups = Wakeups("", "")
    wakeups.heard(None, 0, "", "something new")
    assert {bell.rings for bell in wakeups.bells.values()} == {0}


async def test_waits_ring_again_after_an_outage(wire: CuttableWire, far: PostgresLedger) -> None:
    far.wakeups.retry_s = 0.01
    async with asyncio.TaskGroup() as group:
        ringing = group.create_task(far.wakeups.run())
        await far.wait(10)
        wire.cut()
        wire.mend()
        async with asyncio.timeout(120):
            await far.wait(60)  # rung by the new connection, since something may have been missed
        ringing.cancel()


async def test_without_a_listener_a_wait_ends_by_its_timeout(ledger: PostgresLedger) -> None:
    async with asyncio.timeout(120):
        await ledger.wakeups.wait(Topic.OUTBOX, within_s=0.001)
