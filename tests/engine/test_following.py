"""Following: an applied operation ends when its effect is there, or when it does not come."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import BotError, Denied, NotFound, Unreachable
from bot.model.operation import Operation, State, Verdict
from bot.ports_ledger import Lease, Work
from bot.store import PostgresLedger
from tests.engine import sample
from tests.engine.desk import Desk


async def claimed(desk: Desk) -> Lease:
    """Claim the one applied operation."""
    async with desk.ledger.transaction() as tx:
        lease = await tx.claim_operation(Work.FOLLOWING)
    assert lease is not None
    return lease


async def followed(desk: Desk) -> Operation:
    """Follow the one applied operation to its end."""
    lease = await claimed(desk)
    async with asyncio.timeout(120):
        await desk.follower.hold(lease)
    return await desk.ledger.operation(lease.operation.id)


async def test_it_succeeds_when_every_step_is_done(desk: Desk) -> None:
    await desk.executed("web", "api")
    desk.cluster.churn("web", ready=3)
    desk.cluster.churn("api", ready=3)
    ended = await followed(desk)
    assert (ended.state, ended.outcome) == (State.SUCCEEDED, "3 of 3 ready · 3 of 3 ready")
    assert ended.finished_at is not None
    shown = await desk.shown()
    assert shown[f"operation:{ended.id}:dm:UMAYA"].startswith("Scale web, api: succeeded")


async def test_a_stalled_step_degrades_it_with_the_reason(desk: Desk) -> None:
    await desk.executed("web", "api")
    desk.cluster.edit("api", image="broken")
    ended = await followed(desk)
    assert (ended.state, ended.outcome) == (State.DEGRADED, "ImagePullBackOff")


async def test_no_progress_past_patience_degrades_it(desk: Desk) -> None:
    desk.cluster.add("web")
    plan = sample.plan(desk.cluster, "web", patience=timedelta(seconds=0))
    operation = await desk.propose(plan, sample.NOBODY)
    await desk.execute(operation)
    ended = await followed(desk)
    assert (ended.state, ended.outcome) == (State.DEGRADED, "No progress for 0 s: 2 of 3 ready")


async def test_the_card_shows_the_latest_look(desk: Desk) -> None:
    operation = await desk.executed("web")
    lease = await claimed(desk)
    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        following = group.create_task(desk.follower.hold(lease))
        while not (await desk.ledger.operation(operation.id)).progress[0]:
            await desk.ledger.wait_operation(0.01)
        desk.cluster.churn("web", ready=3)
        await following
    progress = (await desk.ledger.operation(operation.id)).progress
    assert [look.line for look in progress if look] == ["3 of 3 ready"]


@pytest.mark.parametrize(
    "error", [NotFound("No deployment web."), Denied("The bot may not read it.")], ids=["gone", "denied"]
)
async def test_what_can_no_longer_be_read_degrades(desk: Desk, error: BotError) -> None:
    await desk.executed("web")

    async def fail(name: str) -> None:
        raise error

    desk.cluster.before_read = fail
    ended = await followed(desk)
    assert (ended.state, ended.outcome) == (State.DEGRADED, f"It can no longer be followed: {error}")


async def test_an_api_server_that_is_away_for_a_while_changes_nothing(desk: Desk) -> None:
    await desk.executed("web")
    failures = iter(range(3))

    async def away_at_first(name: str) -> None:
        if next(failures, None) is None:
            desk.cluster.churn("web", ready=3)
        else:
            raise Unreachable("the API server does not answer")

    desk.cluster.before_read = away_at_first
    assert (await followed(desk)).state is State.SUCCEEDED


async def test_another_process_goes_on_and_the_first_one_stops(desk: Desk, ledger: PostgresLedger) -> None:
    """The first one's lease lapses at once; the second claims; the first meets a higher epoch and ends nothing."""
    operation = await desk.executed("web")
    hasty = Desk(replace(ledger, lease=timedelta(0)), desk.cluster, desk.authority)
    old, new = await claimed(hasty), await claimed(hasty)
    desk.cluster.churn("web", ready=3)
    await hasty.follower.hold(old)
    assert await desk.state(operation) is State.APPLIED
    await desk.follower.hold(new)
    assert await desk.state(operation) is State.SUCCEEDED


async def test_the_loops_take_an_operation_from_approval_to_success(desk: Desk) -> None:
    operation = await desk.approved("web")

    async def become_ready(name: str) -> None:
        desk.cluster.churn(name, ready=3)

    desk.cluster.after_write = become_ready
    loops = [asyncio.create_task(loop) for loop in (desk.executor.run(), desk.follower.run(), desk.sweeper.run())]
    ringing = asyncio.create_task(desk.ledger.wakeups.run())
    async with asyncio.timeout(120):
        while await desk.state(operation) is not State.SUCCEEDED:
            await desk.ledger.wait_operation(0.1)
    for task in (*loops, ringing):
        task.cancel()
    await asyncio.gather(*loops, ringing, return_exceptions=True)
    assert desk.cluster.effects.total() == 1


async def test_a_settled_unknown_operation_is_followed(desk: Desk) -> None:
    operation = await desk.approved("web")

    async def wipe_mark(name: str) -> None:
        desk.cluster.edit(name, mark="", ready=3)
        raise Unreachable("no answer in time")

    desk.cluster.after_write = wipe_mark
    await desk.execute(operation)
    await desk.approvals.settle(operation.id, sample.JON, State.APPLIED, "Found in the API server's audit log.")
    assert (await followed(desk)).state is State.SUCCEEDED


async def test_an_open_operation_keeps_its_target_while_it_is_followed(desk: Desk) -> None:
    await desk.executed("web")
    with pytest.raises(BotError, match="is under way and holds deployment/web"):
        await desk.propose(desk.plan("web"))


async def test_a_verdict_on_an_applied_operation_comes_too_late(desk: Desk) -> None:
    operation = await desk.executed("web")
    with pytest.raises(BotError, match="it was approved and is running"):
        await desk.approvals.decide(operation.id, sample.LENA, Verdict.DENY, operation.plan.hash)


async def test_a_broken_watch_leaves_the_looks(desk: Desk) -> None:
    await desk.executed("web")
    desk.cluster.churn("web", ready=3)
    desk.cluster.changed = None  # type: ignore[assignment]  # whoever waits for it fails
    assert (await followed(desk)).state is State.SUCCEEDED
