"""What a person does in Slack arrives in the inbox, is acked at once, and fails in words."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from bot.errors import BadArguments
from bot.model.incoming import Click, Command, HomeOpened, Submission
from bot.model.suggestion import Option, Search
from bot.slack.features import Features
from bot.slack.typeahead import QUESTIONS_PER_MINUTE
from playground.slack.deliveries import Acked, EnvelopeType
from playground.slack.server import PracticeSlack
from playground.slack.values import Json, Message
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.stand import JON, MAYA, OMAR, Stand, until

BUTTONS: Json = {
    "type": "actions",
    "block_id": "b1",
    "elements": [
        {"type": "button", "action_id": name, "text": {"type": "plain_text", "text": name}, "value": "op1"}
        for name in ("approve", "run:1")
    ],
}


def card_with_buttons(stand: Stand) -> Message:
    """A message of the bot with buttons."""
    workspace = stand.practice.workspace
    bot = stand.practice.installation
    return workspace.post(stand.channel("ops"), user=bot.bot_user, bot_id=bot.bot_id, text="card", blocks=(BUTTONS,))


async def test_a_slash_command_is_taken_in_and_leaves_no_noise(stand: Stand) -> None:
    outcome = await stand.practice.people.say(MAYA, stand.channel("ops"), "/saas restart instance-worker")
    item = stand.inbox.only
    assert outcome.ok
    assert isinstance(item, Command)
    assert (item.text, item.origin.user_id, item.origin.is_external) == ("restart instance-worker", MAYA, False)
    assert stand.deliveries()[-1].response is None
    assert stand.whispers(MAYA) == []


async def test_a_click_on_approve_opens_a_modal_before_it_is_taken_in(stand: Stand) -> None:
    card = card_with_buttons(stand)
    outcome = await stand.practice.people.click(JON, card.channel, card.ts, "b1", "approve")
    click, (view,) = stand.inbox.only, stand.practice.workspace.views_of(JON)
    assert outcome.ok
    assert isinstance(click, Click)
    assert (click.action, click.value, click.message_ts) == ("approve", "op1", card.ts)
    assert click.view_id == view.external_id


async def test_a_click_whose_modal_does_not_open_is_taken_in_and_the_person_told(stand: Stand) -> None:
    card = card_with_buttons(stand)
    stand.cause("fail", method="views.open", count=1)
    assert (await stand.practice.people.click(JON, card.channel, card.ts, "b1", "approve")).ok
    assert isinstance(stand.inbox.only, Click)
    await until(lambda: stand.whispers(JON))
    assert "Slack has opened no window yet" in stand.whispers(JON)[0].text


async def test_a_click_that_runs_a_line_opens_no_modal(stand: Stand) -> None:
    card = card_with_buttons(stand)
    assert (await stand.practice.people.click(JON, card.channel, card.ts, "b1", "run:1")).ok
    assert isinstance(stand.inbox.only, Click)
    assert (stand.inbox.only.action, stand.calls("views.open")) == ("run", [])


async def test_a_mention_and_a_direct_message_are_command_lines(stand: Stand) -> None:
    await stand.practice.people.say(MAYA, stand.channel("ops"), "@saas status")
    direct = stand.practice.workspace.open_im(MAYA, stand.practice.installation.bot_user)
    await stand.practice.people.say(MAYA, direct.id, "get pods")
    await until(lambda: len(stand.inbox.items) == 2)
    assert {item.text for item in stand.inbox.items.values() if isinstance(item, Command)} == {"status", "get pods"}


async def test_opening_the_home_is_taken_in(stand: Stand) -> None:
    await stand.practice.people.open_home(MAYA)
    await until(lambda: stand.inbox.items)
    assert isinstance(stand.inbox.only, HomeOpened)


async def test_an_event_that_comes_twice_is_one(stand: Stand) -> None:
    stand.cause("duplicate", count=1)
    await stand.practice.people.open_home(MAYA)
    await until(lambda: stand.inbox.repeats)
    assert len(stand.inbox.items) == 1


async def test_without_a_database_the_asker_is_told_what_to_do(stand: Stand) -> None:
    stand.inbox.is_down = True
    assert (await stand.practice.people.say(MAYA, stand.channel("ops"), "/saas restart x")).ok
    (whisper,) = stand.whispers(MAYA)
    assert "If nothing comes of this" in whisper.text


async def test_without_a_database_a_click_is_answered_in_its_modal(stand: Stand) -> None:
    stand.inbox.is_down = True
    card = card_with_buttons(stand)
    assert (await stand.practice.people.click(JON, card.channel, card.ts, "b1", "approve")).ok
    await until(lambda: "If nothing comes of this" in str(stand.practice.workspace.views_of(JON)[0].blocks))


async def test_without_a_database_an_event_is_left_for_slack_to_bring_again(stand: Stand) -> None:
    stand.inbox.is_down = True
    await stand.practice.people.say(MAYA, stand.channel("ops"), "@saas status")
    await until(lambda: stand.whispers(MAYA))
    stand.inbox.is_down = False
    stand.practice.clock.turn(60)
    await until(lambda: stand.inbox.items)
    assert isinstance(stand.inbox.only, Command)


async def test_a_foreign_workspace_is_refused_with_a_reason(stand: Stand) -> None:
    shared = next(c for c in stand.practice.workspace.channels.values() if OMAR in c.members)
    await stand.practice.people.say(OMAR, shared.id, "/saas restart x")
    (whisper,) = stand.whispers(OMAR)
    assert "another workspace" in whisper.text
    assert stand.inbox.items == {}


async def test_an_ack_waits_for_no_answer_of_slacks(stand: Stand) -> None:
    stand.cause("fail", count=1000)
    assert (await stand.practice.people.say(MAYA, stand.channel("ops"), "/saas status")).ok
    assert isinstance(stand.inbox.only, Command)


async def test_an_app_that_is_taken_away_says_so_in_the_log(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    stand.practice.admin.uninstall()
    await until(lambda: {"tokens_revoked", "app_uninstalled"} <= {entry.about for entry in stand.deliveries()})
    assert {"Slack says app_uninstalled: install the app again."} <= set(caplog.messages)


async def test_a_failing_handler_is_acked_with_a_reference(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_item: object) -> bool:
        raise RuntimeError("a defect")

    monkeypatch.setattr(stand.inbox, "accept", broken)
    assert (await stand.practice.people.say(MAYA, stand.channel("ops"), "/saas status")).ok
    (whisper,) = stand.whispers(MAYA)
    assert "reference" in whisper.text
    assert "a defect" not in whisper.text


UNKNOWN: dict[str, tuple[EnvelopeType, Json]] = {
    "an interaction": (EnvelopeType.INTERACTIVE, {"type": "workflow_step_edit", "callback_id": "x"}),
    "a command of another name": (EnvelopeType.SLASH, {"command": "/other", "text": "", "trigger_id": "1.2"}),
    "an event": (EnvelopeType.EVENTS, {"type": "event_callback", "event_id": "E1", "event": {"type": "star_added"}}),
    "no kind at all": (EnvelopeType.INTERACTIVE, {}),
}


@pytest.mark.parametrize(("envelope", "odd"), list(UNKNOWN.values()), ids=list(UNKNOWN))
async def test_what_nobody_handles_is_acked_all_the_same(stand: Stand, envelope: EnvelopeType, odd: Json) -> None:
    app, team = stand.practice.installation.app_id, stand.practice.workspace.team.id
    payload = {"api_app_id": app, "team_id": team, "team": {"id": team}, "user": {"id": MAYA}, "user_id": MAYA, **odd}
    answer = await stand.practice.sockets.request(envelope, payload, accepts_response=True)
    assert isinstance(answer, Acked)
    assert stand.inbox.items == {}


FORM: Json = {
    "type": "modal",
    "callback_id": "run:scale",
    "private_metadata": "op1",
    "title": {"type": "plain_text", "text": "Scale"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "b1",
            "label": {"type": "plain_text", "text": "Replicas"},
            "element": {"type": "plain_text_input", "action_id": "replicas"},
        },
        {
            "type": "input",
            "block_id": "b2",
            "optional": True,
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "external_select", "action_id": "name:1", "min_query_length": 0},
        },
    ],
}


async def validate(submission: Submission) -> Mapping[str, str]:
    """Refuse anything but a number."""
    return {} if submission.fields["replicas"].isdigit() else {"replicas": "Say a number."}


async def suggest(search: Search) -> Sequence[Option]:
    """Offer two names, unless asked for nonsense."""
    if search.query == "?":
        raise BadArguments("No.")
    return [Option(f"{search.name} {search.query}{n}", str(n)) for n in range(2)]


@pytest.fixture
async def with_features(practice: PracticeSlack) -> "Stand":
    """A stand whose modals are checked and completed."""
    clock = SharedClock(practice.clock)
    features = Features(validate=validate, suggest=suggest)
    return Stand(practice, inbox=FakeInbox(), outbox=FakeOutbox(clock), clock=clock, features=features)


async def open_form(stand: Stand) -> str:
    """Jon presses approve, and the placeholder becomes a form."""
    card = card_with_buttons(stand)
    await stand.practice.people.click(JON, card.channel, card.ts, "b1", "approve")
    (view,) = stand.practice.workspace.views_of(JON)
    stand.inbox.items.clear()
    await stand.side.web.call(stand.side.web.api.views_update, view_id=view.id, view=FORM)
    return view.id


async def test_a_wrong_field_is_told_under_the_field_and_a_right_form_closes(with_features: Stand) -> None:
    async with with_features as stand:
        view_id = await open_form(stand)
        refused = await stand.practice.people.submit(JON, view_id, {"b1": {"replicas": "many"}})
        assert refused.errors == {"b1": "Say a number."}
        assert stand.inbox.items == {}
        assert (await stand.practice.people.submit(JON, view_id, {"b1": {"replicas": "4"}})).ok
        submission = stand.inbox.only
        assert isinstance(submission, Submission)
        assert (submission.callback, submission.value, submission.fields["replicas"]) == ("run", "op1", "4")
        assert stand.practice.workspace.views_of(JON) == ()


async def test_without_a_database_a_submission_keeps_what_was_typed(with_features: Stand) -> None:
    async with with_features as stand:
        view_id = await open_form(stand)
        stand.inbox.is_down = True
        outcome = await stand.practice.people.submit(JON, view_id, {"b1": {"replicas": "4"}})
        assert "If nothing comes of this" in outcome.errors["b1"]


@pytest.mark.parametrize(("query", "labels"), [("a", ["name a0", "name a1"]), ("?", [])], ids=["found", "failed"])
async def test_options_are_offered_while_typing(with_features: Stand, query: str, labels: list[str]) -> None:
    async with with_features as stand:
        await open_form(stand)
        (view,) = stand.practice.workspace.views_of(JON)
        options = await stand.practice.people.suggest(JON, view, "b2", "name:1", query)
        assert [option["text"]["text"] for option in options] == labels


async def test_who_types_too_fast_to_be_a_person_gets_what_is_at_hand(practice: PracticeSlack) -> None:
    asked: Counter[str] = Counter()

    async def counted(search: Search) -> Sequence[Option]:
        asked[search.user_id] += 1
        return [Option(name, name) for name in ("web", "worker")]

    clock = SharedClock(practice.clock)
    features = Features(suggest=counted)
    async with Stand(practice, inbox=FakeInbox(), outbox=FakeOutbox(clock), clock=clock, features=features) as stand:
        practice.clock.rescale(0)  # all within one moment, however slow the machine is
        await open_form(stand)
        (view,) = practice.workspace.views_of(JON)
        for _ in range(5 * QUESTIONS_PER_MINUTE):
            options = await practice.people.suggest(JON, view, "b2", "name:1", "wor")
        assert asked == {JON: QUESTIONS_PER_MINUTE}
        assert [option["value"] for option in options] == ["worker"]
        practice.clock.rescale(1)
        practice.clock.turn(60)
        await practice.people.suggest(JON, view, "b2", "name:1", "we")
        assert asked[JON] == QUESTIONS_PER_MINUTE + 1
