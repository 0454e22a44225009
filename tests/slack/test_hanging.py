"""Whatever hangs, the ack leaves, what it did not wait for goes on, and the person is told the truth."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest

from bot.model.incoming import Click, Submission
from bot.model.outgoing import ViewContent
from bot.model.suggestion import Option, Search
from bot.slack.features import Features
from bot.slack.settings import SlackSettings
from playground.slack.deliveries import EnvelopeType
from playground.slack.server import PracticeSlack
from playground.slack.values import Json
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.stand import JON, MAYA, Stand, until
from tests.slack.test_receiving import BUTTONS, FORM, card_with_buttons, open_form

FILLED: Json = {**FORM, "title": {"type": "plain_text", "text": "Approve"}}
NOT_YET = "If nothing comes of this"


@pytest.fixture
async def stand(practice: PracticeSlack) -> AsyncIterator[Stand]:
    """A stand that waits for nothing longer than the real bot does."""
    clock = SharedClock(practice.clock)
    async with Stand(
        practice,
        inbox=FakeInbox(),
        outbox=FakeOutbox(clock),
        clock=clock,
        ack_within_s=SlackSettings(bot_token="").ack_within_s,
    ) as stand:
        yield stand


@pytest.fixture
def window(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set: Slack opens the modal that it was asked for; not before."""
    opens, views_open = asyncio.Event(), stand.side.web.api.views_open

    async def later(**arguments: Any) -> object:
        await opens.wait()
        return await views_open(**arguments)

    monkeypatch.setattr(stand.side.web.api, "views_open", later)
    return opens


def test_what_is_waited_for_leaves_an_ack_within_half_a_second() -> None:
    assert SlackSettings(bot_token="").ack_within_s <= 0.4


async def test_a_command_is_acked_while_the_database_hangs_and_taken_in_once_it_answers(stand: Stand) -> None:
    stand.inbox.answers.clear()
    assert (await stand.practice.people.say(MAYA, stand.channel("ops"), "/saas status")).ok
    (whisper,) = stand.whispers(MAYA)
    assert NOT_YET in whisper.text
    assert stand.inbox.items == {}
    stand.inbox.answers.set()
    await until(lambda: stand.inbox.items)
    assert stand.side.health().counts["late"] == 1


async def test_a_click_is_answered_in_its_modal_while_the_database_hangs(stand: Stand) -> None:
    stand.inbox.answers.clear()
    card = card_with_buttons(stand)
    assert (await stand.practice.people.click(JON, card.channel, card.ts, "b1", "approve")).ok
    await until(lambda: any(NOT_YET in str(view.blocks) for view in stand.practice.workspace.views_of(JON)))
    stand.inbox.answers.set()
    await until(lambda: stand.inbox.items)


async def test_content_that_was_drawn_meanwhile_is_not_drawn_over(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, views_update = asyncio.Event(), stand.side.web.api.views_update

    async def late_sentence(**arguments: Any) -> object:
        if NOT_YET in str(arguments):
            await drawn.wait()
        return await views_update(**arguments)

    monkeypatch.setattr(stand.side.web.api, "views_update", late_sentence)
    stand.inbox.answers.clear()
    card = card_with_buttons(stand)
    await stand.practice.people.click(JON, card.channel, card.ts, "b1", "approve")
    stand.inbox.answers.set()
    await until(lambda: stand.inbox.items)
    assert isinstance(stand.inbox.only, Click)
    view_id = stand.inbox.only.view_id
    stand.outbox.put(ViewContent(key=f"view:{view_id}", view_id=view_id, view=FILLED))
    await until(lambda: [view.title for view in stand.practice.workspace.views_of(JON)] == [FILLED["title"]])
    drawn.set()
    await until(lambda: len(stand.calls("views.update")) == 2)
    assert [view.title for view in stand.practice.workspace.views_of(JON)] == [FILLED["title"]]


async def test_a_press_in_an_open_modal_is_answered_there_while_the_database_hangs(stand: Stand) -> None:
    view_id = await open_form(stand)
    with_button = {**FILLED, "blocks": [*FORM["blocks"], {**BUTTONS, "block_id": "b3"}]}
    await stand.side.web.call(stand.side.web.api.views_update, view_id=view_id, view=with_button)
    stand.inbox.answers.clear()
    assert (await stand.practice.people.click_in_view(JON, view_id, "b3", "approve")).ok
    await until(lambda: any(NOT_YET in str(one.blocks) for one in stand.practice.workspace.views_of(JON)))


async def test_an_event_is_left_to_slack_while_the_database_hangs_and_taken_in_once(stand: Stand) -> None:
    stand.inbox.answers.clear()
    await stand.practice.people.say(MAYA, stand.channel("ops"), "@saas status")
    await until(lambda: stand.whispers(MAYA))
    stand.inbox.answers.set()
    await until(lambda: stand.inbox.items)
    stand.practice.clock.turn(60)
    await until(lambda: stand.inbox.repeats)
    assert len(stand.inbox.items) == 1


async def test_a_click_is_taken_in_and_acked_before_slack_opens_its_modal(stand: Stand, window: asyncio.Event) -> None:
    card = card_with_buttons(stand)
    assert (await stand.practice.people.click(JON, card.channel, card.ts, "b1", "approve")).ok
    assert isinstance(stand.inbox.only, Click)
    assert stand.practice.workspace.views_of(JON) == ()
    window.set()
    await until(lambda: stand.practice.workspace.views_of(JON))


async def test_a_modal_is_filled_though_its_content_was_there_before_slack_opened_it(
    stand: Stand, window: asyncio.Event
) -> None:
    card = card_with_buttons(stand)
    await stand.practice.people.click(JON, card.channel, card.ts, "b1", "approve")
    assert isinstance(stand.inbox.only, Click)
    view_id = stand.inbox.only.view_id
    stand.outbox.put(ViewContent(key=f"view:{view_id}", view_id=view_id, view=FILLED))
    await until(lambda: stand.calls("views.update"))
    window.set()
    await until(lambda: [view.title for view in stand.practice.workspace.views_of(JON)] == [FILLED["title"]])


async def test_a_modal_keeps_its_id_for_what_is_pressed_in_it(stand: Stand) -> None:
    view_id = await open_form(stand)
    (view,) = stand.practice.workspace.views_of(JON)
    assert (view.id, view.external_id[:6]) == (view_id, "modal-")


async def test_the_same_click_delivered_twice_opens_one_modal_and_frightens_nobody(stand: Stand) -> None:
    card = card_with_buttons(stand)
    assert (await stand.practice.people.click(JON, card.channel, card.ts, "b1", "approve")).ok
    again = stand.deliveries()[-1].payload
    await stand.practice.sockets.request(EnvelopeType.INTERACTIVE, again, accepts_response=True)
    await until(lambda: len(stand.calls("views.open")) == 2)
    assert (len(stand.inbox.items), stand.inbox.repeats) == (1, 1)
    assert len(stand.practice.workspace.views_of(JON)) == 1
    stand.cause("fail", method="views.open", count=1, status=503)
    assert (await stand.practice.people.click(MAYA, card.channel, card.ts, "b1", "approve")).ok
    await until(lambda: stand.whispers(MAYA))
    assert stand.whispers(JON) == [], "one after the other: his would have come first"


async def submits(stand: Stand, view_id: str) -> None:
    """A form whose check hangs is taken in: the engine checks it again."""
    assert (await stand.practice.people.submit(JON, view_id, {"b1": {"replicas": "4"}})).ok
    assert isinstance(stand.inbox.only, Submission)


async def corrects(stand: Stand, view_id: str) -> None:
    """A form that stays open may be sent again: as it was, nothing more comes of it; corrected, that counts, too."""
    stand.inbox.answers.clear()
    for replicas in ("4", "4", "3"):
        outcome = await stand.practice.people.submit(JON, view_id, {"b1": {"replicas": replicas}})
        assert NOT_YET in outcome.errors["b1"]
    stand.inbox.answers.set()
    await until(lambda: stand.inbox.repeats)
    taken = [item.fields["replicas"] for item in stand.inbox.items.values() if isinstance(item, Submission)]
    assert sorted(taken) == ["3", "4"]


async def types(stand: Stand, view_id: str) -> None:
    """A select whose names hang offers none."""
    (view,) = stand.practice.workspace.views_of(JON)
    assert view.id == view_id
    assert await stand.practice.people.suggest(JON, view, "b2", "name:1", "a") == []


async def hanging_check(_: Submission) -> Mapping[str, str]:
    """Never say what is wrong."""
    await asyncio.Event().wait()
    return {}


async def hanging_names(_: Search) -> Sequence[Option]:
    """Never offer a name."""
    await asyncio.Event().wait()
    return []


@pytest.mark.parametrize("deed", [submits, corrects, types])
async def test_a_form_is_acked_while_the_cluster_hangs(
    practice: PracticeSlack, deed: Callable[[Stand, str], Awaitable[None]]
) -> None:
    clock, features = SharedClock(practice.clock), Features(validate=hanging_check, suggest=hanging_names)
    async with Stand(
        practice, inbox=FakeInbox(), outbox=FakeOutbox(clock), clock=clock, features=features, ack_within_s=0.4
    ) as stand:
        await deed(stand, await open_form(stand))
