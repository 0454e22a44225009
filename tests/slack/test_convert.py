"""What is read out of Slack's payloads."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.model.incoming import Click, Command, HomeOpened, Origin, Submission
from bot.slack import convert
from bot.slack.convert import Foreign
from bot.slack.identity import Identity

US = Identity(team_id="T1", user_id="UBOT", bot_id="B1", app_id="A1", scopes=frozenset())
NOW = datetime(2026, 5, 4, 14, 2, tzinfo=UTC)
HERE = NOW
MAYA = {"id": "UMAYA", "team_id": "T1"}


def slash(**changes: Any) -> dict[str, Any]:
    """A slash command as Slack sends it."""
    fields = {"team_id": "T1", "user_id": "UMAYA", "channel_id": "C1", "command": "/saas", "text": "help"}
    return fields | {"trigger_id": "t.1", "api_app_id": "A1"} | changes


def block_actions(action: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A click on a message."""
    return {
        "type": "block_actions",
        "api_app_id": "A1",
        "team": {"id": "T1"},
        "user": MAYA,
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1"},
        "actions": [{"action_ts": "9.9", **action}],
    } | changes


def event(inner: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An Events API payload."""
    return {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": "Ev1", "event": inner} | changes


def test_a_slash_command_becomes_a_command_line() -> None:
    assert convert.command(slash(text="restart <@U2|jon> &amp; x"), US, HERE) == Command(
        Origin("command:t.1", "T1", "UMAYA", "C1", NOW), "restart @U2 & x"
    )


@pytest.mark.parametrize("changes", [{"api_app_id": "A2"}, {"team_id": "T2"}], ids=["another app", "another workspace"])
def test_what_is_not_for_us_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Foreign, match="Nothing was done"):
        convert.command(slash(**changes), US, HERE)


def test_an_installation_that_does_not_tell_its_app_takes_any() -> None:
    unknown = Identity("T1", "UBOT", "B1", "", frozenset())
    assert convert.command(slash(api_app_id="A2"), unknown, HERE).text == "help"


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"action_id": "approve", "value": "op1"}, ("approve", "op1")),
        ({"action_id": "run:3", "value": "abc"}, ("run", "abc")),
        ({"action_id": "run:1", "selected_option": {"value": "abc"}}, ("run", "abc")),
        ({"action_id": "run:1", "selected_option": None}, ("run", "")),
        ({"action_id": "pick", "selected_user": "U9"}, ("pick", "U9")),
        ({"action_id": "pick"}, ("pick", "")),
    ],
    ids=["button", "numbered", "menu", "menu emptied", "person", "nothing"],
)
def test_a_click_names_its_action_and_value(action: dict[str, Any], expected: tuple[str, str]) -> None:
    click = convert.click(block_actions(action), US, HERE)
    assert (click.action, click.value, click.message_ts, click.origin.channel) == (*expected, "1.2", "C1")


def test_a_click_keeps_the_thread_and_its_key_is_the_same_each_time() -> None:
    payload = block_actions(
        {"action_id": "deny", "value": "x"}, container={"message_ts": "1.2", "thread_ts": "1.1", "channel_id": "C1"}
    )
    click = convert.click(payload, US, HERE)
    assert click.origin.thread_ts == "1.1"
    assert click.origin.key == convert.click(payload, US, NOW.replace(minute=5)).origin.key
    assert click.origin.key == "click:9.9:UMAYA:deny:1.2"


@pytest.mark.parametrize("is_ephemeral", [True, False])
def test_a_click_says_whether_only_its_person_sees_the_message(is_ephemeral: bool) -> None:
    where = {"message_ts": "1.2", "channel_id": "C1", "is_ephemeral": is_ephemeral}
    click = convert.click(block_actions({"action_id": "run", "value": "b"}, container=where), US, HERE)
    assert click.is_on_whisper is is_ephemeral


def test_a_stranger_keeps_his_own_workspace() -> None:
    payload = block_actions({"action_id": "approve"}, user={"id": "UOMAR", "team_id": "T9"})
    assert convert.click(payload, US, HERE).origin.team_id == "T9"


@pytest.mark.parametrize(("kind", "expected"), [("modal", "V1"), ("home", "")])
def test_a_click_in_a_modal_carries_its_view(kind: str, expected: str) -> None:
    payload = block_actions(
        {"action_id": "page:2"}, container={"type": "view"}, view={"id": "V1", "type": kind}, channel=None
    )
    assert convert.click(payload, US, HERE) == Click(
        Origin("click:9.9:UMAYA:page:2:", "T1", "UMAYA", "", NOW), "page", "", "", expected
    )


def test_a_message_shortcut_is_a_click_on_that_message() -> None:
    payload = {
        "type": "message_action",
        "callback_id": "alert_actions",
        "action_ts": "5.5",
        "team": {"id": "T1"},
        "user": MAYA,
        "channel": {"id": "C1"},
        "message_ts": "1.2",
        "message": {"ts": "1.2", "thread_ts": "1.1"},
    }
    click = convert.shortcut(payload, US, HERE)
    assert (click.action, click.message_ts, click.origin.thread_ts) == ("alert_actions", "1.2", "1.1")


def test_a_global_shortcut_has_no_channel() -> None:
    payload = {"callback_id": "open_console", "action_ts": "5.5", "team": {"id": "T1"}, "user": MAYA}
    assert convert.shortcut(payload, US, HERE).origin.channel == ""


def test_a_click_in_a_modal_tells_what_stands_in_its_inputs() -> None:
    values = {"replicas": {"replicas": {"type": "number_input", "value": "4"}}}
    view = {"id": "V1", "type": "modal", "private_metadata": "f1", "state": {"values": values}}
    action = {"action_id": "preview", "value": "f1", "action_ts": "5.5"}
    payload = {"team": {"id": "T1"}, "user": MAYA, "container": {"type": "view"}, "view": view, "actions": [action]}
    click = convert.click(payload, US, HERE)
    assert (click.action, click.value, click.view_id, click.fields) == ("preview", "f1", "V1", {"replicas": "4"})


@pytest.mark.parametrize(("maker", "ours"), [("A1", True), ("A2", False)], ids=["ours", "a look-alike"])
@pytest.mark.parametrize("shown", ["message", "view"])
def test_a_click_on_what_another_app_drew_is_refused(shown: str, maker: str, ours: bool) -> None:
    payload = block_actions({"action_id": "approve", "value": "op1"}, **{shown: {"app_id": maker}})
    if ours:
        assert convert.click(payload, US, HERE).value == "op1"
    else:
        with pytest.raises(Foreign, match="not a message of mine"):
            convert.click(payload, US, HERE)


def test_a_modal_of_another_app_is_refused() -> None:
    view = {"id": "V1", "hash": "h1", "callback_id": "approve", "private_metadata": "op1", "app_id": "A2"}
    payload = {"type": "view_submission", "api_app_id": "A1", "team": {"id": "T1"}, "user": MAYA, "view": view}
    with pytest.raises(Foreign, match="not a message of mine"):
        convert.submission(payload, US, HERE)


def test_a_submission_gives_each_input_as_text() -> None:
    values = {
        "b1": {"replicas": {"type": "number_input", "value": "4"}},
        "b2": {"reason:1": {"type": "plain_text_input", "value": None}},
        "b3": {"kind": {"selected_option": {"value": "pod"}}},
        "b4": {"days": {"selected_options": [{"value": "mon"}, {"value": "tue"}]}},
        "b5": {"who": {"selected_users": ["U1", "U2"]}},
        "b6": {"at": {"selected_date_time": 1700000000}},
    }
    view = {
        "id": "V1",
        "hash": "h1",
        "callback_id": "run:scale",
        "private_metadata": "op1",
        "state": {"values": values},
    }
    payload = {"type": "view_submission", "team": {"id": "T1"}, "user": MAYA, "view": view}
    read = convert.submission(payload, US, HERE)
    assert read.origin.key.startswith("view:V1:h1:")
    assert read == Submission(
        Origin(read.origin.key, "T1", "UMAYA", "", NOW),
        "run",
        "op1",
        "V1",
        {"replicas": "4", "reason": "", "kind": "pod", "days": "mon,tue", "who": "U1,U2", "at": "1700000000"},
    )


def test_half_of_an_emoji_in_a_field_keeps_no_form_from_being_read() -> None:
    typed = {"values": {"b1": {"reason": {"value": "\ud83d"}}}}
    view = {"id": "V1", "hash": "h1", "callback_id": "deny", "state": typed}
    payload = {"type": "view_submission", "team": {"id": "T1"}, "user": MAYA, "view": view}
    assert convert.submission(payload, US, HERE).fields == {"reason": "\ud83d"}


def test_a_mention_gives_the_words_after_it() -> None:
    inner = {"type": "app_mention", "user": "UMAYA", "channel": "C1", "ts": "3.1", "text": "hey <@UBOT> logs &lt;x&gt;"}
    command = convert.message(event(inner, is_ext_shared_channel=True), US, HERE)
    origin = Origin("message:C1:3.1", "T1", "UMAYA", "C1", NOW, is_external=True, message_ts="3.1")
    assert command == Command(origin, "logs <x>")


@pytest.mark.parametrize(
    "changes",
    [
        {"subtype": "message_changed"},
        {"bot_id": "B9"},
        {"app_id": "A9"},
        {"user": "UBOT"},
        {"user": None},
        {"channel_type": "channel"},
    ],
    ids=["edit", "bot", "an app with a person's token", "ourselves", "nobody", "not to us"],
)
def test_messages_that_ask_nothing_are_passed_over(changes: dict[str, Any]) -> None:
    inner = {"type": "message", "channel_type": "im", "user": "UMAYA", "channel": "D1", "ts": "3.1", "text": "help"}
    assert convert.message(event(inner), US, HERE) is not None
    assert convert.message(event(inner | changes), US, HERE) is None


@pytest.mark.parametrize(("tab", "heard"), [("home", True), ("messages", False)])
def test_only_the_home_tab_counts(tab: str, heard: bool) -> None:
    opened = convert.home_opened(event({"type": "app_home_opened", "user": "UMAYA", "tab": tab}), US, HERE)
    assert opened == (HomeOpened(Origin("event:Ev1", "T1", "UMAYA", "", NOW)) if heard else None)
