"""Approval: who may decide what, how often and until when; and what people see of it."""

import asyncio
from functools import partial

import pytest

from bot.engine.approval import PENDING_AT_MOST
from bot.errors import BadArguments, Conflict, Denied, Fenced, Held
from bot.model.actor import Actor
from bot.model.incoming import HomeOpened, Origin
from bot.model.operation import Approvers, Requirements, State, Verdict
from tests.engine.desk import Desk
from tests.engine.sample import AT_ONCE_LATE, JON, LENA, MAYA, NILS, NOBODY, OLGA, SRE_AND_LEADS, who

NEVER_STARTS = Requirements(execute_within_s=0)


async def test_a_proposal_waits_and_shows_one_card(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"))
    assert (operation.state, operation.version) == (State.PENDING, 1)
    assert await desk.shown() == {f"operation:{operation.id}": "Scale web: pending"}


async def test_without_required_approvals_it_is_approved_at_once(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"), NOBODY)
    assert operation.state is State.APPROVED
    assert operation.execute_by is not None


async def test_the_same_deed_proposes_once(desk: Desk) -> None:
    plan = desk.plan("web")
    first = await desk.propose(plan, key="deed")
    with pytest.raises(Fenced):
        await desk.propose(plan, key="deed")
    assert [operation.id for operation in await desk.ledger.operations()] == [first.id]


async def test_the_plan_that_is_read_back_has_the_hash_that_was_approved(desk: Desk) -> None:
    plan = desk.plan("web")
    assert (await desk.propose(plan)).plan.hash == plan.hash


async def test_a_second_operation_on_a_target_names_the_first(desk: Desk) -> None:
    first = await desk.propose(desk.plan("web", "api"))
    with pytest.raises(
        Held, match=rf"Operation {first.number} \(.*, asked for by maya\) waits for approval and holds deployment/api"
    ) as caught:
        await desk.propose(desk.plan("api"))
    assert caught.value.suggestions == (f"operation show {first.number}",)
    assert caught.value.channel == first.channel
    await desk.propose(desk.plan("worker"))


async def test_what_a_proposal_would_be_refused_with_is_known_before(desk: Desk) -> None:
    first = await desk.propose(desk.plan("web", "api"))
    told = await desk.ledger.holder(desk.plan("api"))
    with pytest.raises(Held) as refusal:
        await desk.propose(desk.plan("api"))
    assert str(told) == str(refusal.value)
    assert await desk.ledger.holder(desk.plan("worker")) is None
    await desk.approvals.cancel(first.id, MAYA)
    assert await desk.ledger.holder(desk.plan("api")) is None


async def test_a_target_is_free_again_when_its_operation_has_ended(desk: Desk) -> None:
    first = await desk.propose(desk.plan("web"))
    await desk.approvals.cancel(first.id, MAYA)
    assert (await desk.propose(desk.plan("web"))).state is State.PENDING


async def test_overlapping_proposals_at_the_same_instant_leave_one_open(desk: Desk) -> None:
    plans = [desk.plan(*names) for names in (["a", "b", "c"], ["c", "b", "a"], ["b", "c"], ["c", "a"])] * 3
    results = await asyncio.gather(*(desk.propose(plan) for plan in plans), return_exceptions=True)
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert all(isinstance(result, Conflict) for result in results if isinstance(result, BaseException))


async def test_an_approval_that_completes_the_group_approves(desk: Desk) -> None:
    operation = await desk.approved("web")
    assert (operation.state, operation.version) == (State.APPROVED, 3)
    assert [decision.actor for decision in operation.decisions] == [JON]


async def test_every_group_must_be_filled_and_one_person_fills_one_place(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"), SRE_AND_LEADS)
    hash = operation.plan.hash
    assert (await desk.approvals.decide(operation.id, OLGA, Verdict.APPROVE, hash)).state is State.PENDING
    assert (await desk.approvals.decide(operation.id, NILS, Verdict.APPROVE, hash)).state is State.PENDING
    assert (await desk.approvals.decide(operation.id, LENA, Verdict.APPROVE, hash)).state is State.APPROVED


async def test_a_denial_ends_it_and_tells_the_requester(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"))
    await desk.approvals.decide(operation.id, JON, Verdict.DENY, operation.plan.hash, "not now")
    card = f"operation:{operation.id}"
    shown = await desk.shown()
    assert shown[card] == "Scale web: denied"
    assert shown[f"{card}:dm:UMAYA"] == "Scale web: denied: jon denied it."
    assert list(shown) == [card, f"{card}:dm:UMAYA", f"{card}:line:3"]


async def test_who_approved_may_still_deny_until_it_starts(desk: Desk) -> None:
    operation = await desk.approved("web")
    denied = await desk.approvals.decide(operation.id, JON, Verdict.DENY, operation.plan.hash)
    assert denied.state is State.DENIED
    assert await desk.executor.claim() is None


async def test_the_requester_may_cancel_until_it_starts(desk: Desk) -> None:
    operation = await desk.approved("web")
    assert (await desk.approvals.cancel(operation.id, MAYA)).state is State.CANCELLED


@pytest.mark.parametrize(
    ("requirements", "outcome"),
    [(AT_ONCE_LATE, "Nobody decided in time."), (NEVER_STARTS, "It was approved, but did not start in time.")],
    ids=["pending", "approved"],
)
async def test_what_is_overdue_expires(desk: Desk, requirements: Requirements, outcome: str) -> None:
    operation = await desk.propose(desk.plan("web"), requirements)
    assert await desk.executor.claim() is None
    await desk.sweeper.sweep()
    ended = await desk.ledger.operation(operation.id)
    assert (ended.state, ended.outcome) == (State.EXPIRED, f"{outcome} Nothing was changed.")


async def test_what_still_has_time_does_not_expire(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"))
    await desk.sweeper.sweep()
    with pytest.raises(Conflict, match="still has time"):
        await desk.approvals.expire(operation.id)


async def test_many_clicks_at_once_count_each_person_once(desk: Desk) -> None:
    """960 clicks on 40 operations: three deliveries each of seven approvers and of the requester himself."""
    requirements, desk.pending_at_most = Requirements(approvals=(Approvers("sre", 2),)), 41
    operations = [await desk.propose(desk.plan(f"web-{n}"), requirements) for n in range(40)]
    people = [MAYA, *(who(f"sre{n}", "sre") for n in range(7))]
    clicks = [(operation, person) for operation in operations for person in people * 3]

    async def click(operation_id: str, person: Actor, hash: str) -> bool:
        try:
            await desk.approvals.decide(operation_id, person, Verdict.APPROVE, hash)
        except (Conflict, Denied):
            return False
        return True

    counted = await asyncio.gather(*(click(op.id, person, op.plan.hash) for op, person in clicks))
    ended = await desk.ledger.operations()
    assert (len(clicks), sum(counted)) == (960, 80)
    assert {operation.state for operation in ended} == {State.APPROVED}
    assert {len({d.actor.subject.user for d in op.decisions} - {MAYA.subject.user}) for op in ended} == {2}
    report = await desk.ledger.verify_audit()
    assert (report.size, report.faults) == (40 * (1 + 2 + 1), ())


async def test_late_denials_race_with_the_executor_and_never_lose_a_write(desk: Desk) -> None:
    """Either it was denied and nothing was written, or the denial came too late and it was."""
    operations = [await desk.approved(f"web-{n}") for n in range(12)]

    async def deny(operation_id: str, hash: str) -> bool:
        try:
            await desk.approvals.decide(operation_id, LENA, Verdict.DENY, hash)
        except Conflict:
            return False
        return True

    async def work() -> None:
        while lease := await desk.executor.claim():
            await desk.executor.hold(lease)

    *denied, _, _ = await asyncio.gather(*(deny(op.id, op.plan.hash) for op in operations), work(), work())
    await work()  # a claim that met a denial may have ended a worker early
    for operation, was_denied in zip(operations, denied, strict=True):
        expected = (State.DENIED, 0) if was_denied else (State.APPLIED, 1)
        written = sum(count for (id, _), count in desk.cluster.effects.items() if id == operation.id)
        assert (await desk.state(operation), written) == expected


async def test_what_a_person_types_never_fails_a_transaction(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"))
    denied = await desk.approvals.decide(operation.id, JON, Verdict.DENY, operation.plan.hash, "no\0 ‮<!channel> '; --")
    assert denied.decisions[0].reason == "no ‮<!channel> '; --"


async def test_a_deed_that_was_done_is_not_done_again(desk: Desk) -> None:
    """The answer to the commit was lost, so the same submission is handled twice."""
    operation = await desk.propose(desk.plan("web"), SRE_AND_LEADS)
    await desk.ledger.accept(HomeOpened(Origin("submission", "T1", "UJON", "", operation.created_at)))
    decide = partial(desk.approvals.decide, operation.id, deed="submission")
    await decide(JON, Verdict.APPROVE, operation.plan.hash)
    with pytest.raises(Conflict, match="counted already"):
        await decide(JON, Verdict.APPROVE, operation.plan.hash)
    with pytest.raises(Fenced):
        await decide(NILS, Verdict.APPROVE, operation.plan.hash)
    assert len((await desk.ledger.operation(operation.id)).decisions) == 1


async def test_a_plan_that_writes_an_object_twice_is_refused(desk: Desk) -> None:
    desk.cluster.add("web")
    with pytest.raises(BadArguments, match="each object once"):
        await desk.propose(desk.plan("web", "web"))


async def test_so_many_may_wait_for_one_requester_and_no_more(desk: Desk) -> None:
    waiting = [await desk.propose(desk.plan(f"web-{number}")) for number in range(PENDING_AT_MOST)]
    with pytest.raises(Conflict, match="of your requests wait for approval already"):
        await desk.propose(desk.plan("one-more"))
    at_once = await desk.propose(desk.plan("small"), NOBODY)
    assert at_once.state is State.APPROVED
    await desk.approvals.cancel(waiting[0].id, MAYA)
    assert (await desk.propose(desk.plan("one-more"))).state is State.PENDING
