"""Writes without an answer: looked for at their target, never repeated blindly, and a person's business at last."""

from dataclasses import replace

import pytest

from bot.errors import BotError, Unreachable
from bot.model.operation import State
from bot.model.plan import Effect, Mark, Step
from bot.ports import Backends, ReadOnly
from tests.engine.desk import Desk
from tests.engine.sample import SCALE


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
    with pytest.raises(BotError, match="has no known outcome and holds deployment/web"):
        await desk.propose(desk.plan("web"))


async def test_an_api_server_that_is_away_is_asked_again_later(desk: Desk) -> None:
    operation = await desk.approved("web")

    async def away(name: str) -> None:
        raise Unreachable("the API server does not answer")

    desk.cluster.before_read = away
    waiting = await desk.execute(operation)
    assert waiting.state is State.EXECUTING
    assert await desk.executor.claim() is None  # not before the pause is over


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
