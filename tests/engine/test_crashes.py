"""Crashes: a process that dies anywhere loses nothing and does nothing twice."""

import asyncio
import random
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.operation import Operation, State
from bot.ports_ledger import Work
from bot.store import PostgresLedger
from tests.engine.desk import Desk
from tests.fakes.tripwire import Crash, TrippingLedger, Tripwire, tripping

SETTLED = frozenset(State) - {State.APPROVED, State.EXECUTING}


@pytest.fixture
def hasty(desk: Desk, ledger: PostgresLedger) -> Desk:
    """A desk whose leases lapse at once, so that nobody waits for the dead."""
    return Desk(replace(ledger, lease=timedelta(0)), desk.cluster, desk.authority)


def dying(desk: Desk, wire: Tripwire) -> Desk:
    """The same desk as the process knows it that dies on *wire*."""
    ledger = TrippingLedger(desk.ledger, wire)
    return Desk(ledger, tripping(desk.cluster, wire), desk.authority)  # type: ignore[arg-type]  # a stand-in for it


async def survives(work: Awaitable[object]) -> bool:
    """Say whether *work* came to its end without a crash."""
    try:
        await work
    except Crash:
        return False
    except BaseExceptionGroup as group:
        if group.subgroup(Crash) is None:
            raise
        return False
    return True


async def one_turn(desk: Desk) -> None:
    """Claim an operation, if there is one, and execute it."""
    if lease := await desk.executor.claim():
        await desk.executor.hold(lease)


async def recover(desk: Desk, operation: Operation) -> Operation:
    """Let a healthy process go on until the operation is settled."""
    for _ in range(3):
        if await desk.state(operation) in SETTLED:
            break
        await one_turn(desk)
    return await desk.ledger.operation(operation.id)


async def test_death_at_any_point_of_an_execution_has_one_effect_per_step(hasty: Desk) -> None:
    points, is_alive = 0, False
    while not is_alive:
        points += 1
        operation = await hasty.approved(f"web-{points}", f"api-{points}")
        wire = Tripwire(at=points)
        is_alive = await survives(one_turn(dying(hasty, wire)))
        ended = await recover(hasty, operation)
        assert ended.state is State.APPLIED, wire.passed
        assert sorted(hasty.cluster.effects.values()) == [1] * (2 * points), wire.passed
    assert points > 30  # every call and every commit was a point to die at
    assert not (await hasty.ledger.verify_audit()).faults


async def test_death_again_and_again_has_one_effect_per_step(hasty: Desk) -> None:
    """Each process dies one point later than the one before it, on the same operation."""
    for first in (1, 4, 7):
        operation = await hasty.approved(f"web-{first}", f"api-{first}")
        for point in range(first, 60, 3):
            if await hasty.state(operation) in SETTLED:
                break
            await survives(one_turn(dying(hasty, Tripwire(at=point))))
        assert (await recover(hasty, operation)).state is State.APPLIED
    assert set(hasty.cluster.effects.values()) == {1}
    assert len(hasty.cluster.effects) == 6


async def test_death_at_any_point_of_following_loses_nothing(hasty: Desk) -> None:
    points, is_alive = 0, False
    while not is_alive:
        points += 1
        operation = await hasty.executed(f"web-{points}")
        hasty.cluster.churn(f"web-{points}", ready=3)
        is_alive = await survives(follow(dying(hasty, Tripwire(at=points))))
        await follow(hasty)
        assert await hasty.state(operation) is State.SUCCEEDED
    assert points > 10


async def follow(desk: Desk) -> None:
    """Claim an applied operation, if there is one, and follow it to its end."""
    async with desk.ledger.transaction() as tx:
        lease = await tx.claim_operation(Work.FOLLOWING)
    if lease:
        await desk.follower.follow(lease)


async def test_a_zombie_that_wakes_after_its_lease_writes_nothing(hasty: Desk) -> None:
    """It stops between intent and write; another process takes over and writes; then the zombie sends its own."""
    operation = await hasty.approved("web")
    asleep, awake = asyncio.Event(), asyncio.Event()

    async def sleep(name: str) -> None:
        asleep.set()
        await awake.wait()

    zombie = Desk(hasty.ledger, replace(hasty.cluster, before_write=sleep), hasty.authority)
    work = asyncio.create_task(one_turn(zombie))
    await asleep.wait()
    await one_turn(hasty)
    assert await hasty.state(operation) is State.APPLIED
    awake.set()
    await work
    assert await hasty.state(operation) is State.APPLIED
    assert hasty.cluster.effects.total() == 1


async def test_a_zombie_whose_write_came_first_is_found_by_its_mark(hasty: Desk) -> None:
    """The write is under way while another process takes over: that one finds the mark and does not write."""
    operation = await hasty.approved("web")
    asleep, awake = asyncio.Event(), asyncio.Event()

    async def sleep(name: str) -> None:
        asleep.set()
        await awake.wait()

    zombie = Desk(hasty.ledger, replace(hasty.cluster, after_write=sleep), hasty.authority)
    work = asyncio.create_task(one_turn(zombie))
    await asleep.wait()
    await one_turn(hasty)
    awake.set()
    await work
    assert await hasty.state(operation) is State.APPLIED
    assert hasty.cluster.effects.total() == 1


async def test_a_crash_after_the_write_and_a_hostile_editor_end_as_unknown(hasty: Desk) -> None:
    operation = await hasty.approved("web")

    async def die(name: str) -> None:
        raise Crash

    await survives(one_turn(Desk(hasty.ledger, replace(hasty.cluster, after_write=die), hasty.authority)))
    hasty.cluster.edit("web", mark="", image="1.9.0")
    ended = await recover(hasty, operation)
    assert ended.state is State.UNKNOWN
    assert hasty.cluster.effects.total() == 1


async def test_a_drift_found_after_a_crash_before_the_intent_is_stale(hasty: Desk) -> None:
    operation = await hasty.approved("web")

    async def die(name: str) -> None:
        raise Crash

    await survives(one_turn(Desk(hasty.ledger, replace(hasty.cluster, before_read=die), hasty.authority)))
    hasty.cluster.edit("web", image="1.9.0")
    assert (await recover(hasty, operation)).state is State.STALE
    assert not hasty.cluster.effects


async def test_a_storm_of_crashes_editors_and_workers(hasty: Desk) -> None:
    """30 operations, 6 workers that die at random points, churn between, an editor who wipes every fifth mark."""
    dice = random.Random(20261123)
    operations = [await hasty.approved(f"web-{n}") for n in range(30)]

    async def worker() -> None:
        for _ in range(20):
            await survives(one_turn(dying(hasty, Tripwire(at=dice.randrange(1, 60)))))
            name = f"web-{dice.randrange(30)}"
            hasty.cluster.churn(name)
            if dice.random() < 0.2 and hasty.cluster.deployments[name].mark:
                hasty.cluster.edit(name, mark="")

    await asyncio.gather(*(worker() for _ in range(6)))
    ended = [await recover(hasty, operation) for operation in operations]
    assert {operation.state for operation in ended} <= {State.APPLIED, State.UNKNOWN}
    assert set(hasty.cluster.effects.values()) == {1}
    assert len(hasty.cluster.effects) == 30
    assert not (await hasty.ledger.verify_audit()).faults
