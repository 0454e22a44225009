"""Waiting: a step that waits is written when the one before it has ended; what is put back, is in any case."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from bot.engine.following import conclusion_of
from bot.errors import Denied
from bot.model.operation import Operation, State, Verdict
from bot.model.plan import Phase, Plan, Progress, Step, Waits
from bot.model.refs import ObjectRef
from bot.ports_ledger import Work
from bot.store import PostgresLedger
from tests.engine import sample
from tests.engine.desk import Desk
from tests.engine.test_conclusion import NOW, look
from tests.engine.test_crashes import dying, one_turn, survives
from tests.fakes.tripwire import Tripwire
from tests.fakes.versioned import VersionedCluster

STOP, WORK, START = "stop", "work", "start"
ENOUGH_S = 60.0
"""For what takes milliseconds, and would go on for ever if an end were not seen."""

PLAN = structs.replace(
    sample.plan(VersionedCluster()),
    steps=tuple(
        Step(ObjectRef("deployment", name), {}, {}, wait)
        for name, wait in ((STOP, Waits.NOTHING), (WORK, Waits.DONE), (START, Waits.ENDED))
    ),
)


def plan(desk: Desk, suffix: str = "") -> Plan:
    """Stop, work once that is done, start however the work ended."""
    made = desk.plan(*(f"{name}{suffix}" for name in (STOP, WORK, START)))
    waits = (Waits.NOTHING, Waits.DONE, Waits.ENDED)
    steps = tuple(structs.replace(step, waits=wait) for step, wait in zip(made.steps, waits, strict=True))
    return structs.replace(made, steps=steps)


async def approved(desk: Desk, suffix: str = "") -> Operation:
    operation = await desk.propose(plan(desk, suffix))
    return await desk.approvals.decide(operation.id, sample.JON, Verdict.APPROVE, operation.plan.hash)


async def later(desk: Desk) -> None:
    """Let every pause be over."""
    await desk.ledger.database.execute("UPDATE operation_lease SET until = '-infinity'")


async def next_look(desk: Desk) -> None:
    await later(desk)
    await one_turn(desk)


def written(desk: Desk) -> list[str]:
    return [name for _, name in desk.cluster.effects]


async def test_a_step_waits_for_the_effect_of_the_one_before_it(desk: Desk) -> None:
    operation = await approved(desk)
    await one_turn(desk)
    await next_look(desk)
    assert written(desk) == [STOP]
    desk.cluster.churn(STOP, ready=3)
    await next_look(desk)
    assert written(desk) == [STOP, WORK]
    desk.cluster.churn(WORK, ready=3)
    await next_look(desk)
    assert written(desk) == [STOP, WORK, START]
    assert await desk.state(operation) is State.APPLIED


async def test_between_two_looks_nobody_holds_the_operation_and_the_card_shows_what_was_seen(desk: Desk) -> None:
    operation = await approved(desk)
    await one_turn(desk)
    assert await desk.executor.claim() is None
    seen = await desk.ledger.operation(operation.id)
    assert seen.state is State.EXECUTING
    assert seen.progress == (Progress(Phase.RUNNING, "2 of 3 ready", 2, 3), None, None)


async def test_what_did_not_come_fails_the_operation_and_what_is_put_back_is_put_back(desk: Desk) -> None:
    operation = await approved(desk)
    desk.cluster.deployments[STOP] = replace(desk.cluster.deployments[STOP], image="broken")
    operation = await replaced_plan(desk, operation)
    await one_turn(desk)
    ended = await desk.ledger.operation(operation.id)
    assert (ended.state, written(desk)) == (State.FAILED, [STOP, START])
    assert ended.outcome == (
        "ImagePullBackOff. Before that, deployment/stop had been changed (1 of 3). deployment/start was put back."
    )


async def replaced_plan(desk: Desk, operation: Operation) -> Operation:
    """The same operation, planned on the objects as they are now."""
    await desk.approvals.decide(operation.id, sample.JON, Verdict.DENY, operation.plan.hash)
    return await approved(desk)


async def test_work_that_stalls_is_followed_by_the_start_and_ends_degraded(desk: Desk) -> None:
    desk.cluster.add(WORK)
    desk.cluster.edit(WORK, image="broken")
    operation = await approved(desk)
    await one_turn(desk)
    desk.cluster.churn(STOP, ready=3)
    await next_look(desk)
    assert written(desk) == [STOP, WORK, START]
    async with desk.ledger.transaction() as tx:
        lease = await tx.claim_operation(Work.FOLLOWING)
    assert lease is not None
    desk.cluster.churn(START, ready=3)
    await desk.follower.follow(lease)
    ended = await desk.ledger.operation(operation.id)
    assert (ended.state, ended.outcome) == (State.DEGRADED, "ImagePullBackOff")


async def test_where_nothing_was_written_nothing_is_put_back(desk: Desk) -> None:
    operation = await approved(desk)
    desk.cluster.edit(STOP, image="1.8.3")
    await one_turn(desk)
    assert (await desk.state(operation), written(desk)) == (State.STALE, [])


async def test_a_permission_lost_in_between_stops_the_work_and_not_the_start(desk: Desk) -> None:
    operation = await approved(desk)
    await one_turn(desk)
    desk.authority.refusal = Denied("jon left the company.")
    desk.cluster.churn(STOP, ready=3)
    await next_look(desk)
    assert (await desk.state(operation), written(desk)) == (State.FAILED, [STOP, START])


async def test_what_has_begun_is_never_too_late(desk: Desk) -> None:
    operation = await approved(desk)
    await one_turn(desk)
    await desk.age(operation, hours=1)
    for name in (STOP, WORK):
        desk.cluster.churn(name, ready=3)
        await next_look(desk)
    assert await desk.state(operation) is State.APPLIED


async def test_what_was_seen_to_end_is_not_looked_at_again(desk: Desk) -> None:
    """The start undoes what the stop did: looked at later, the stop would seem to have failed."""
    operation = await approved(desk)
    await one_turn(desk)
    for name in (STOP, WORK, START):
        desk.cluster.churn(name, ready=3)
        await next_look(desk)
    desk.cluster.churn(STOP, ready=0)
    async with desk.ledger.transaction() as tx:
        lease = await tx.claim_operation(Work.FOLLOWING)
    assert lease is not None
    desk.cluster.churn(START, ready=3)
    async with asyncio.timeout(ENOUGH_S):
        await desk.follower.follow(lease)
    assert await desk.state(operation) is State.SUCCEEDED


async def test_an_object_may_be_written_again_by_a_step_that_waits(desk: Desk) -> None:
    made = desk.plan(STOP, STOP)
    again = structs.replace(made.steps[1], waits=Waits.ENDED)
    assert (await desk.propose(structs.replace(made, steps=(made.steps[0], again)))).number


async def test_death_at_any_point_writes_each_step_once_and_in_order(desk: Desk, ledger: PostgresLedger) -> None:
    hasty = Desk(replace(ledger, lease=timedelta(0)), desk.cluster, desk.authority)
    points, is_alive = 0, False
    while not is_alive:
        points += 1
        operation = await approved(hasty, str(points))
        names = [f"{name}{points}" for name in (STOP, WORK, START)]
        is_alive = await survives(through(dying(hasty, Tripwire(at=points)), hasty, names))
        await through(hasty, hasty, names)
        assert await hasty.state(operation) is State.APPLIED
        assert [name for name in written(hasty) if name in names] == names
    assert set(hasty.cluster.effects.values()) == {1}
    assert points > 40


async def through(desk: Desk, healthy: Desk, names: list[str]) -> None:
    """Let *desk* execute to the end, while each deployment becomes ready once it was written."""
    for _ in names:
        await later(healthy)
        await one_turn(desk)
        for name in names:
            if healthy.cluster.deployments[name].mark:
                healthy.cluster.churn(name, ready=3)


@pytest.mark.parametrize(
    ("start", "is_over"),
    [(Phase.RUNNING, False), (Phase.DONE, True), (Phase.STALLED, True)],
    ids=["starting", "started", "does not start"],
)
def test_nothing_is_concluded_before_what_is_put_back_is_back(start: Phase, is_over: bool) -> None:
    records = [look(Phase.DONE), look(Phase.STALLED), look(start)]
    records = [replace(record, ordinal=place) for place, record in enumerate(records)]
    assert (conclusion_of(PLAN, records, NOW) is not None) is is_over
