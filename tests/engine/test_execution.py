"""Execution: one effect per step, and an ending in words for everything that can come between."""

from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
from msgspec import structs

from bot.errors import BotError, Denied, Frozen, NotFound, Rejected
from bot.model.operation import State
from bot.model.plan import Mark, Phase, Progress, Step, Waits
from bot.ports import Backends, ReadOnly
from bot.ports_ledger import Work
from tests.engine.desk import Desk
from tests.engine.sample import NOBODY, SCALE


async def test_an_approved_operation_is_written_once_and_applied(desk: Desk) -> None:
    operation = await desk.executed("web")
    assert operation.state is State.APPLIED
    assert desk.cluster.deployments["web"].replicas == 3
    assert desk.cluster.effects == {(operation.id, "web"): 1}


async def test_how_it_ended_is_kept_where_only_the_write_can_tell(desk: Desk) -> None:
    ended = Progress(Phase.STALLED, "exit code 3", reason="It ended with exit code 3", output="no such file")
    looked: list[str] = []

    async def apply(step: Step, backends: Backends, mark: Mark) -> Progress:
        return ended

    async def progress(step: Step, on: ReadOnly, now: datetime) -> Progress:
        looked.append(step.target.name)
        return ended

    changes = {"scale": replace(SCALE, apply=apply, progress=progress)}
    operation = await desk.approved("web")
    executor = replace(desk.executor, changes=changes)
    lease = await executor.claim()
    assert lease is not None
    await executor.hold(lease)
    async with desk.ledger.transaction() as tx:
        lease = await tx.claim_operation(Work.FOLLOWING)
    assert lease is not None
    await replace(desk.follower, changes=changes).hold(lease)
    told = await desk.ledger.operation(operation.id)
    assert (told.state, told.outcome, told.progress) == (State.DEGRADED, "It ended with exit code 3", (ended,))
    assert looked == []


async def test_steps_are_written_in_order(desk: Desk) -> None:
    operation = await desk.executed("web", "api", "worker")
    assert operation.state is State.APPLIED
    assert list(desk.cluster.effects) == [(operation.id, name) for name in ("web", "api", "worker")]


async def test_nothing_is_claimed_before_it_is_approved(desk: Desk) -> None:
    await desk.propose(desk.plan("web"))
    assert await desk.executor.claim() is None


DRIFTS = {
    "image": ({"image": "1.8.3"}, "deployment/web changed since this was planned: image 1.8.2 → 1.8.3."),
    "replicas": ({"replicas": 7}, "deployment/web changed since this was planned: replicas 2 → 7."),
    "something else": ({}, "deployment/web changed since this was planned: generation 1 → 2."),
    "created anew": ({"uid": "uid-9"}, "deployment/web was deleted and created anew since this was planned."),
}


@pytest.mark.parametrize(("edit", "sentence"), DRIFTS.values(), ids=DRIFTS)
async def test_a_target_that_changed_is_left_alone(desk: Desk, edit: dict[str, str], sentence: str) -> None:
    operation = await desk.approved("web")
    desk.cluster.edit("web", **edit)
    ended = await desk.execute(operation)
    assert (ended.state, ended.outcome) == (State.STALE, f"{sentence} Nothing was changed.")
    assert not desk.cluster.effects


async def test_a_target_that_is_gone_is_stale(desk: Desk) -> None:
    operation = await desk.approved("web")
    del desk.cluster.deployments["web"]
    ended = await desk.execute(operation)
    assert (ended.state, ended.outcome) == (State.STALE, "deployment/web is gone. Nothing was changed.")


async def test_status_churn_is_no_drift(desk: Desk) -> None:
    operation = await desk.approved("web")

    async def churn(name: str) -> None:
        desk.cluster.before_write = desk.cluster.after_write
        desk.cluster.churn(name)

    desk.cluster.before_write = churn
    assert (await desk.execute(operation)).state is State.APPLIED
    assert desk.cluster.effects.total() == 1


async def test_an_object_that_never_rests_fails_after_ten_tries(desk: Desk) -> None:
    operation = await desk.approved("web")
    tries = []

    async def churn(name: str) -> None:
        tries.append(name)
        desk.cluster.churn(name)

    desk.cluster.before_write = churn
    ended = await desk.execute(operation)
    assert (ended.state, len(tries)) == (State.FAILED, 10)


REFUSALS = {
    "denied": Denied("The bot may not patch deployments. Nothing was changed."),
    "rejected": Rejected("admission webhook says no."),
}


@pytest.mark.parametrize("error", REFUSALS.values(), ids=REFUSALS)
async def test_a_refused_write_fails_with_its_reason(desk: Desk, error: BotError) -> None:
    operation = await desk.approved("web")

    async def refuse(name: str) -> None:
        raise error

    desk.cluster.before_write = refuse
    ended = await desk.execute(operation)
    assert ended.state is State.FAILED
    assert ended.outcome == f"{str(error).removesuffix(' Nothing was changed.')} Nothing was changed."


@pytest.mark.parametrize("error", [Denied("jon left the company."), Frozen("Deploy freeze.")], ids=["denied", "frozen"])
async def test_what_no_longer_holds_at_execution_stops_it(desk: Desk, error: BotError) -> None:
    operation = await desk.approved("web")
    desk.authority.refusal = error
    ended = await desk.execute(operation)
    assert (ended.state, ended.outcome) == (State.FAILED, f"{error} Nothing was changed.")
    assert not desk.cluster.effects


async def test_a_failure_tells_what_was_done_before_it(desk: Desk) -> None:
    operation = await desk.approved("web", "api", "worker")
    desk.cluster.edit("worker", image="1.9.0")
    ended = await desk.execute(operation)
    assert ended.state is State.STALE
    assert ended.outcome.endswith("Before that, deployment/web, deployment/api had been changed (2 of 3).")


async def test_a_claim_that_rested_past_its_time_writes_nothing(desk: Desk) -> None:
    operation = await desk.approved("web")
    lease = await desk.executor.claim()
    assert lease is not None
    await desk.age(operation, hours=1)
    await desk.executor.hold(replace(lease, operation=await desk.ledger.operation(operation.id)))
    ended = await desk.ledger.operation(operation.id)
    assert (ended.state, ended.outcome) == (State.STALE, "It was approved too long ago. Nothing was changed.")
    assert not desk.cluster.effects


async def test_a_change_of_another_version_of_the_bot_fails(desk: Desk) -> None:
    operation = await desk.approved("web")
    lease = await desk.executor.claim()
    assert lease is not None
    await replace(desk.executor, changes={}).hold(lease)
    ended = await desk.ledger.operation(operation.id)
    assert ended.outcome == "This version of the bot does not know `scale`. Nothing was changed."


async def test_what_is_gone_at_the_write_is_stale(desk: Desk) -> None:
    operation = await desk.approved("web")

    async def gone(name: str) -> None:
        raise NotFound("no such deployment")

    desk.cluster.before_write = gone
    assert (await desk.execute(operation)).state is State.STALE


async def test_a_second_write_to_an_object_carries_a_mark_of_its_own(desk: Desk) -> None:
    """Else, after a crash, the first write would be taken for the second."""
    made = desk.plan("web")
    (first,) = made.steps
    put_back = structs.replace(first, observed={"uid": first.target.uid}, waits=Waits.ENDED)
    operation = await desk.propose(structs.replace(made, steps=(first, put_back)), NOBODY)
    desk.cluster.after_write = partial(make_ready, desk)
    await desk.execute(operation)
    assert list(desk.cluster.effects) == [(operation.id, "web"), (f"{operation.id}.2", "web")]


async def make_ready(desk: Desk, name: str) -> None:
    """Let the effect be there at once."""
    desk.cluster.churn(name, ready=3)
