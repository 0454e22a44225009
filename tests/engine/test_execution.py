"""Execution: one effect per step, and an ending in words for everything that can come between."""

from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
from msgspec import structs

from bot.errors import BotError, Denied, Frozen, NotFound, Rejected, Unreachable
from bot.model.operation import State
from bot.model.plan import Effect, Mark, Phase, Progress, Step, Waits
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


async def test_what_leaves_no_mark_and_got_no_answer_is_not_done_again(desk: Desk) -> None:
    sent: list[str] = []

    async def apply(step: Step, backends: Backends, mark: Mark) -> None:
        sent.append(mark.operation)
        raise Unreachable("The connection ended.")

    async def effect(step: Step, on: ReadOnly, mark: Mark) -> Effect:
        return Effect.UNCLEAR

    operation = await desk.approved("web")
    executor = replace(desk.executor, changes={"scale": replace(SCALE, apply=apply, effect=effect)})
    lease = await executor.claim()
    assert lease is not None
    await executor.hold(lease)
    assert (await desk.state(operation), sent) == (State.UNKNOWN, [operation.id])


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


async def test_an_object_that_never_rests_fails_after_three_tries(desk: Desk) -> None:
    operation = await desk.approved("web")
    tries = []

    async def churn(name: str) -> None:
        tries.append(name)
        desk.cluster.churn(name)

    desk.cluster.before_write = churn
    ended = await desk.execute(operation)
    assert (ended.state, len(tries)) == (State.FAILED, 3)


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


async def test_a_write_whose_answer_is_lost_is_found_and_not_repeated(desk: Desk) -> None:
    operation = await desk.approved("web")

    async def lose_answer(name: str) -> None:
        raise Unreachable("no answer in time")

    desk.cluster.after_write = lose_answer
    assert (await desk.execute(operation)).state is State.APPLIED
    assert desk.cluster.effects.total() == 1


async def test_a_write_that_was_never_received_is_sent_again(desk: Desk) -> None:
    operation = await desk.approved("web")

    async def lose_request(name: str) -> None:
        desk.cluster.before_write = desk.cluster.after_write
        raise Unreachable("connection refused")

    desk.cluster.before_write = lose_request
    assert (await desk.execute(operation)).state is State.APPLIED
    assert desk.cluster.effects.total() == 1


async def test_a_lost_write_that_arrives_late_is_no_drift(desk: Desk) -> None:
    """It arrives after the look that did not find it, right before the next comparison."""
    operation = await desk.approved("web")
    reads: list[str] = []

    async def arrive_late(name: str) -> None:
        reads.append(name)
        if len(reads) == 2:
            desk.cluster.accept(name, 3, operation.id)

    async def lose_request(name: str) -> None:
        desk.cluster.before_read = arrive_late
        raise Unreachable("no answer in time")

    desk.cluster.before_write = lose_request
    assert (await desk.execute(operation)).state is State.APPLIED
    assert desk.cluster.effects.total() == 1


async def test_a_lost_answer_and_a_hostile_editor_end_as_unknown(desk: Desk) -> None:
    operation = await desk.approved("web")

    async def wipe_mark(name: str) -> None:
        desk.cluster.edit(name, mark="")
        raise Unreachable("no answer in time")

    desk.cluster.after_write = wipe_mark
    ended = await desk.execute(operation)
    assert ended.state is State.UNKNOWN
    assert ended.outcome.startswith("Whether deployment/web was changed is not known")
    assert desk.cluster.effects.total() == 1


async def test_an_unknown_operation_holds_its_target_until_a_person_settles_it(desk: Desk) -> None:
    await test_a_lost_answer_and_a_hostile_editor_end_as_unknown(desk)
    with pytest.raises(BotError, match="is unknown and holds deployment/web"):
        await desk.propose(desk.plan("web"))


async def test_an_api_server_that_is_away_is_asked_again_later(desk: Desk) -> None:
    operation = await desk.approved("web")

    async def away(name: str) -> None:
        raise Unreachable("the API server does not answer")

    desk.cluster.before_read = away
    waiting = await desk.execute(operation)
    assert waiting.state is State.EXECUTING
    assert await desk.executor.claim() is None  # not before the pause is over


async def test_a_claim_that_rested_past_its_time_writes_nothing(desk: Desk) -> None:
    operation = await desk.approved("web")
    lease = await desk.executor.claim()
    assert lease is not None
    await desk.age(operation, hours=1)
    await desk.executor.hold(replace(lease, operation=await desk.ledger.operation(operation.id)))
    ended = await desk.ledger.operation(operation.id)
    assert (ended.state, ended.outcome) == (State.STALE, "It was approved too long ago. Nothing was changed.")
    assert not desk.cluster.effects


async def test_a_write_that_nobody_answers_for_becomes_a_persons_business(desk: Desk) -> None:
    operation = await desk.approved("web")

    async def away(name: str) -> None:
        desk.cluster.before_read = away
        raise Unreachable("the API server does not answer")

    desk.cluster.after_write = away
    assert (await desk.execute(operation)).state is State.EXECUTING
    await desk.ledger.database.execute("UPDATE operation_lease SET until = '-infinity'")
    await desk.age(operation, hours=1)
    ended = await desk.execute(operation)
    assert ended.state is State.UNKNOWN
    assert ended.outcome.startswith("Whether deployment/web was changed is not known")


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


async def test_a_version_that_does_not_know_the_change_leaves_a_write_under_way_to_others(desk: Desk) -> None:
    operation = await desk.approved("web")

    async def lose_answer(name: str) -> None:
        desk.cluster.before_read = lose_answer
        raise Unreachable("no answer in time")

    desk.cluster.after_write = lose_answer
    await desk.execute(operation)
    await desk.ledger.database.execute("UPDATE operation_lease SET until = '-infinity'")
    lease = await desk.executor.claim()
    assert lease is not None
    await replace(desk.executor, changes={}).hold(lease)
    assert await desk.state(operation) is State.EXECUTING


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
