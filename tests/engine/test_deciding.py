"""Clicks and modals: what is shown comes from the database, and every refusal is told and kept."""

from datetime import UTC, datetime
from itertools import count

import pytest

from bot.engine.deciding import Deciding
from bot.errors import Denied, NotFound
from bot.model.actor import Actor
from bot.model.incoming import Click, Origin, Submission
from bot.model.operation import Operation, Requirements, State
from bot.model.outgoing import ViewContent, Whisper
from tests.engine import sample
from tests.engine.desk import Desk

PEOPLE = {actor.person.user_id: actor for actor in (sample.MAYA, sample.JON, sample.LENA, sample.NILS)}
KEYS = count()


class Gate:
    """Knows people by their Slack id; whoever is of sre and has not asked may decide."""

    async def actor(self, origin: Origin, *, fresh: bool) -> Actor:
        assert fresh, "a click is checked against Slack anew"
        return PEOPLE[origin.user_id]

    async def may_decide(self, actor: Actor, operation: Operation) -> None:
        if "sre" not in actor.subject.groups or actor.subject.user == operation.requester.subject.user:
            raise Denied("You may not decide this. Nothing was changed.")

    async def may_settle(self, actor: Actor, operation: Operation) -> None:
        await self.may_decide(actor, operation)


@pytest.fixture
def deciding(desk: Desk) -> Deciding:
    gate = Gate()
    return Deciding(gate, gate, desk.approvals, desk.ledger)  # type: ignore[arg-type]  # three of their methods suffice


def origin(actor: Actor, channel: str = "C1") -> Origin:
    return Origin(f"click-{next(KEYS)}", "T1", actor.person.user_id, channel, datetime.now(UTC))


async def press(desk: Desk, deciding: Deciding, actor: Actor, action: str, value: str, *, view: str = "V1") -> None:
    click = Click(origin(actor), action, value, view_id=view)
    await desk.ledger.accept(click)
    assert await desk.ledger.claim_incoming()
    await deciding.click(click)


async def submit(
    desk: Desk, deciding: Deciding, actor: Actor, callback: str, operation: Operation, **fields: str
) -> None:
    submission = Submission(origin(actor), callback, operation.id, "V1", fields)
    await desk.ledger.accept(submission)
    assert await desk.ledger.claim_incoming()
    await deciding.submit(submission)


async def shown_view(desk: Desk) -> str:
    """Everything in the modal that was last drawn."""
    views = [delivery.item for delivery in await desk.ledger.claim(50) if isinstance(delivery.item, ViewContent)]
    return str(views[-1].view)


async def whispered(desk: Desk) -> str:
    """What was last told to one person only."""
    items = [delivery.item for delivery in await desk.ledger.claim(50)]
    return str([item.message for item in items if isinstance(item, Whisper)][-1])


async def test_approve_shows_the_plan_of_the_database_before_anything_is_decided(
    desk: Desk, deciding: Deciding
) -> None:
    operation = await desk.propose(desk.plan("web"))
    await press(desk, deciding, sample.JON, "approve", operation.id)
    assert operation.plan.title in await shown_view(desk)
    assert await desk.state(operation) is State.PENDING


async def test_the_submitted_modal_approves(desk: Desk, deciding: Deciding) -> None:
    operation = await desk.propose(desk.plan("web"))
    await submit(desk, deciding, sample.JON, "approve", operation)
    assert await desk.state(operation) is State.APPROVED


@pytest.mark.parametrize("actor", [sample.MAYA, sample.NILS], ids=["the requester", "a stranger to the group"])
async def test_who_may_not_is_told_so_and_nothing_moves(desk: Desk, deciding: Deciding, actor: Actor) -> None:
    operation = await desk.propose(desk.plan("web"))
    await press(desk, deciding, actor, "approve", operation.id)
    assert "Nothing was changed" in await shown_view(desk)
    await submit(desk, deciding, actor, "approve", operation)
    assert await desk.state(operation) is State.PENDING
    refusals = [line async for line in desk.ledger.export_audit() if b"refused" in line]
    assert len(refusals) == 2, "at the click and at the modal"


async def test_a_denial_carries_its_reason(desk: Desk, deciding: Deciding) -> None:
    operation = await desk.propose(desk.plan("web"))
    await submit(desk, deciding, sample.JON, "deny", operation, reason="not during the sale")
    decided = await desk.ledger.operation(operation.id)
    assert decided.state is State.DENIED
    assert decided.decisions[0].reason == "not during the sale"


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        pytest.param("web", State.APPROVED, id="right"),
        pytest.param("  web ", State.APPROVED, id="with blanks"),
        pytest.param("wbe", State.PENDING, id="wrong"),
        pytest.param("", State.PENDING, id="nothing"),
    ],
)
async def test_where_policy_says_so_the_name_is_typed(desk: Desk, deciding: Deciding, typed: str, state: State) -> None:
    careful = Requirements(approvals=sample.ONE_OF_SRE.approvals, type_name=True)
    operation = await desk.propose(desk.plan("web"), careful)
    await submit(desk, deciding, sample.JON, "approve", operation, name=typed)
    assert await desk.state(operation) is state


async def test_a_late_click_says_how_it_ended(desk: Desk, deciding: Deciding) -> None:
    operation = await desk.propose(desk.plan("web"))
    await submit(desk, deciding, sample.JON, "deny", operation)
    await press(desk, deciding, sample.JON, "approve", operation.id)
    assert "decided already: jon denied it" in await shown_view(desk)


async def test_only_the_requester_cancels(desk: Desk, deciding: Deciding) -> None:
    operation = await desk.propose(desk.plan("web"))
    with pytest.raises(Denied, match="Only who asked"):
        await press(desk, deciding, sample.JON, "cancel", operation.id, view="")
    await press(desk, deciding, sample.MAYA, "cancel", operation.id, view="")
    assert await desk.state(operation) is State.CANCELLED


@pytest.mark.parametrize("action", ["approve", "details", "cancel"])
async def test_an_id_that_names_nothing_is_refused(desk: Desk, deciding: Deciding, action: str) -> None:
    with pytest.raises(NotFound):
        await press(desk, deciding, sample.JON, action, "00000000-0000-0000-0000-000000000000", view="")


async def test_a_button_that_is_not_ours_is_refused(desk: Desk, deciding: Deciding) -> None:
    operation = await desk.propose(desk.plan("web"))
    with pytest.raises(Denied, match="not one of the bot's"):
        await press(desk, deciding, sample.JON, "approve_all", operation.id, view="")


async def test_a_form_that_is_not_ours_changes_nothing(desk: Desk, deciding: Deciding) -> None:
    operation = await desk.propose(desk.plan("web"))
    await submit(desk, deciding, sample.JON, "approve_all", operation)
    assert "not one of the bot" in await whispered(desk)
    assert await desk.state(operation) is State.PENDING


@pytest.mark.parametrize(
    ("action", "state"),
    [
        pytest.param("happened", State.APPLIED, id="it happened"),
        pytest.param("did_not_happen", State.FAILED, id="it did not"),
    ],
)
async def test_what_the_bot_could_not_tell_a_person_settles(
    desk: Desk, deciding: Deciding, action: str, state: State
) -> None:
    operation = await desk.approved("web")
    assert await desk.executor.claim()
    async with desk.ledger.transaction() as tx:
        held = await tx.lock_operation(operation.id)
        await tx.move(held, State.UNKNOWN, outcome="No answer.")
    with pytest.raises(Denied):
        await press(desk, deciding, sample.NILS, action, operation.id, view="")
    await press(desk, deciding, sample.JON, action, operation.id, view="")
    assert await desk.state(operation) is state


@pytest.mark.parametrize("action", ["approve", "deny", "details", "cancel", "happened"])
async def test_a_click_in_another_channel_names_an_operation_that_is_not_shown_there(
    desk: Desk, deciding: Deciding, action: str
) -> None:
    operation = await desk.propose(desk.plan("web"))
    click = Click(origin(sample.JON, "C2"), action, operation.id)
    await desk.ledger.accept(click)
    with pytest.raises(Denied, match="not shown in this channel"):
        await deciding.click(click)
    assert await desk.state(operation) is State.PENDING


@pytest.mark.parametrize("channel", ["D1", ""], ids=["direct message", "App Home"])
async def test_a_click_where_no_channel_is_counts(desk: Desk, deciding: Deciding, channel: str) -> None:
    operation = await desk.propose(desk.plan("web"))
    click = Click(origin(sample.MAYA, channel), "cancel", operation.id)
    await desk.ledger.accept(click)
    await deciding.click(click)
    assert await desk.state(operation) is State.CANCELLED
