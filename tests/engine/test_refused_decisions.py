"""What may not be decided, and why: by whom, how often, how late, of which plan."""

from collections.abc import Awaitable, Callable

import pytest

from bot.errors import BotError, Conflict, Denied, NotFound
from bot.model.actor import Actor
from bot.model.operation import State, Verdict
from tests.engine.desk import Desk
from tests.engine.sample import AT_ONCE_LATE, JON, MAYA, OLGA, SRE_AND_LEADS, who

Deed = Callable[[Desk], Awaitable[object]]


async def approve_own(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"))
    await desk.approvals.decide(operation.id, MAYA, Verdict.APPROVE, operation.plan.hash)


async def approve_own_with_second_account(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"))
    other_account = Actor(person=who("maya2").person, subject=MAYA.subject)
    await desk.approvals.decide(operation.id, other_account, Verdict.APPROVE, operation.plan.hash)


async def approve_twice(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"), SRE_AND_LEADS)
    for _ in range(2):
        await desk.approvals.decide(operation.id, JON, Verdict.APPROVE, operation.plan.hash)


async def approve_another_plan(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"))
    await desk.approvals.decide(operation.id, JON, Verdict.APPROVE, desk.plan("api").hash)


async def approve_late(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"), AT_ONCE_LATE)
    await desk.approvals.decide(operation.id, JON, Verdict.APPROVE, operation.plan.hash)


async def approve_denied(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"))
    await desk.approvals.decide(operation.id, JON, Verdict.DENY, operation.plan.hash)
    await desk.approvals.decide(operation.id, OLGA, Verdict.APPROVE, operation.plan.hash)


async def approve_approved(desk: Desk) -> None:
    operation = await desk.approved("web")
    await desk.approvals.decide(operation.id, OLGA, Verdict.APPROVE, operation.plan.hash)


async def deny_executing(desk: Desk) -> None:
    operation = await desk.approved("web")
    await desk.executor.claim()
    await desk.approvals.decide(operation.id, OLGA, Verdict.DENY, operation.plan.hash)


async def cancel_foreign(desk: Desk) -> None:
    await desk.approvals.cancel((await desk.propose(desk.plan("web"))).id, JON)


async def cancel_applied(desk: Desk) -> None:
    await desk.approvals.cancel((await desk.executed("web")).id, MAYA)


async def settle_applied(desk: Desk) -> None:
    await desk.approvals.settle((await desk.executed("web")).id, JON, State.FAILED, "looked")


async def approve_forged(desk: Desk) -> None:
    await desk.approvals.decide("'; DROP TABLE operation", JON, Verdict.APPROVE, "")


REFUSED: dict[str, tuple[Deed, type[BotError], str]] = {
    "own": (approve_own, Denied, "You asked for this"),
    "own, second account": (approve_own_with_second_account, Denied, "You asked for this"),
    "twice": (approve_twice, Conflict, "counted already"),
    "another plan": (approve_another_plan, Conflict, "another plan"),
    "late": (approve_late, Conflict, "The time to decide on operation .* is over"),
    "approve what was denied": (approve_denied, Conflict, "decided already: jon denied it"),
    "approve what is approved": (approve_approved, Conflict, "it was approved and is about to start"),
    "deny what executes": (deny_executing, Conflict, "it was approved and is running"),
    "cancel a foreign one": (cancel_foreign, Denied, "Only who asked"),
    "cancel what is applied": (cancel_applied, Conflict, "it was approved and is running"),
    "settle what is known": (settle_applied, Conflict, "it was approved and is running"),
    "forged id": (approve_forged, NotFound, "no such operation"),
}


@pytest.mark.parametrize(("deed", "error", "words"), REFUSED.values(), ids=REFUSED)
async def test_refused_with_a_reason(desk: Desk, deed: Deed, error: type[BotError], words: str) -> None:
    with pytest.raises(error, match=words):
        await deed(desk)
    assert not (await desk.ledger.verify_audit()).faults


async def test_what_is_about_to_start_is_not_offered_again(desk: Desk) -> None:
    with pytest.raises(Conflict) as caught:
        await approve_approved(desk)
    assert caught.value.suggestions == ()


async def test_a_refused_verdict_leaves_nothing_behind(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"))
    with pytest.raises(Denied):
        await desk.approvals.decide(operation.id, MAYA, Verdict.APPROVE, operation.plan.hash)
    assert await desk.ledger.operation(operation.id) == operation
