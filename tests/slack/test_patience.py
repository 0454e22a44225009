"""A person who floods the bot is refused, in words and once; everybody else is heard."""

from collections.abc import Mapping

import pytest

from bot.model.incoming import Submission
from bot.slack.features import Features
from bot.slack.patience import PEOPLE_AT_MOST, Patience, TooMany
from playground.slack.server import PracticeSlack
from tests.fakes.clocks import HandClock, SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.stand import JON, MAYA, Stand, until
from tests.slack.test_receiving import card_with_buttons, open_form

A_FEW = 3


def spend_all(patience: Patience) -> None:
    for _ in range(A_FEW):
        patience.spend(MAYA)


def test_an_allowance_is_spent_and_earned_again() -> None:
    clock = HandClock()
    patience = Patience(A_FEW, clock)
    spend_all(patience)
    with pytest.raises(TooMany, match="more than 3 commands and clicks within a minute"):
        patience.spend(MAYA)
    patience.spend(JON)
    clock.turn(60 / A_FEW)
    patience.spend(MAYA)
    with pytest.raises(TooMany):
        patience.spend(MAYA)


def test_nobody_saves_up_more_than_a_minute() -> None:
    clock = HandClock()
    patience = Patience(A_FEW, clock)
    patience.spend(MAYA)
    clock.turn(3600)
    spend_all(patience)
    with pytest.raises(TooMany):
        patience.spend(MAYA)


def test_only_the_first_refusal_in_a_row_is_to_be_told() -> None:
    patience = Patience(A_FEW, HandClock())
    spend_all(patience)
    refusals = []
    for _ in range(A_FEW):
        with pytest.raises(TooMany) as refusal:
            patience.spend(MAYA)
        refusals.append(refusal.value.is_first)
    assert refusals == [True, False, False]


def test_a_crowd_does_not_fill_the_memory() -> None:
    patience = Patience(A_FEW, HandClock())
    spend_all(patience)
    for number in range(PEOPLE_AT_MOST):
        patience.spend(f"U{number}")
    spend_all(patience)  # who was quiet for longest is forgotten


@pytest.fixture
async def impatient(practice: PracticeSlack) -> Stand:
    clock = SharedClock(practice.clock)
    return Stand(practice, inbox=FakeInbox(), outbox=FakeOutbox(clock), clock=clock, deeds_per_minute=A_FEW)


async def test_a_flood_of_lines_is_answered_in_the_ack_and_goes_no_further(impatient: Stand) -> None:
    async with impatient as stand:
        ops, people = stand.channel("ops"), stand.practice.people
        outcomes = [await people.say(MAYA, ops, "/saas status") for _ in range(10)]
        assert all(outcome.ok for outcome in outcomes)
        assert len(stand.inbox.items) <= A_FEW + 1
        assert "more than 3 commands" in stand.whispers(MAYA)[-1].text
        assert (await people.say(JON, ops, "/saas status")).ok
        assert [item.origin.user_id for item in stand.inbox.items.values()].count(JON) == 1


async def test_a_flood_of_clicks_opens_no_modal_and_is_told_once(impatient: Stand) -> None:
    async with impatient as stand:
        card = card_with_buttons(stand)
        for _ in range(10):
            assert (await stand.practice.people.click(MAYA, card.channel, card.ts, "b1", "approve")).ok
        await until(lambda: stand.whispers(MAYA))
        assert len(stand.calls("views.open")) <= A_FEW + 1
        assert len(stand.inbox.items) <= A_FEW + 1
        assert len(stand.whispers(MAYA)) == 1


async def test_a_flood_of_forms_is_not_checked(practice: PracticeSlack) -> None:
    checked: list[Submission] = []

    async def wrong(submission: Submission) -> Mapping[str, str]:
        checked.append(submission)
        return {"replicas": "No."}

    clock, features = SharedClock(practice.clock), Features(validate=wrong)
    async with Stand(
        practice, inbox=FakeInbox(), outbox=FakeOutbox(clock), clock=clock, features=features, deeds_per_minute=A_FEW
    ) as stand:
        view_id = await open_form(stand)
        outcomes = [await stand.practice.people.submit(JON, view_id, {"b1": {"replicas": "4"}}) for _ in range(10)]
        assert len(checked) <= A_FEW + 1
        assert "more than 3 commands" in outcomes[-1].errors["b1"]


async def test_a_flood_of_mentions_is_told_once(impatient: Stand) -> None:
    async with impatient as stand:
        ops = stand.channel("ops")
        for _ in range(10):
            await stand.practice.people.say(MAYA, ops, f"<@{stand.practice.installation.bot_user}> status")
        await until(lambda: stand.whispers(MAYA))
        assert len(stand.calls("chat.postEphemeral")) == 1
