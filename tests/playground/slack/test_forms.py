"""Form state: every kind of field, untouched and filled in, as Slack's state.values has it."""

import pytest

from playground.slack.forms import Entered, chosen, complaints, initial, state_values
from tests.playground.slack.app import Json, field, plain

ONE, TWO = {"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}
OPTIONS = {"options": [ONE, TWO]}


def element(kind: str, **more: object) -> Json:
    return {"type": kind, "action_id": "a", **more}


@pytest.mark.parametrize(
    ("given", "entered", "state"),
    [
        (element("plain_text_input"), "text", {"value": "text"}),
        (element("plain_text_input", multiline=True), "a\nb", {"value": "a\nb"}),
        (element("plain_text_input"), "", {"value": None}),
        (element("email_text_input"), "a@b.c", {"value": "a@b.c"}),
        (element("url_text_input"), "https://x", {"value": "https://x"}),
        (element("number_input"), "3", {"value": "3"}),
        (element("static_select", **OPTIONS), "2", {"selected_option": TWO}),
        (element("static_select", option_groups=[OPTIONS]), "1", {"selected_option": ONE}),
        (element("static_select", **OPTIONS), "9", {"selected_option": None}),
        (element("radio_buttons", **OPTIONS), "1", {"selected_option": ONE}),
        (element("checkboxes", **OPTIONS), ["1", "2"], {"selected_options": [ONE, TWO]}),
        (element("checkboxes", **OPTIONS), [], {"selected_options": []}),
        (element("multi_static_select", **OPTIONS), "1", {"selected_options": [ONE]}),
        (element("external_select"), "2", {"selected_option": TWO}),
        (element("multi_external_select"), ["2"], {"selected_options": [TWO]}),
        (element("users_select"), "U1", {"selected_user": "U1"}),
        (element("users_select"), "", {"selected_user": None}),
        (element("multi_users_select"), ["U1", "U2"], {"selected_users": ["U1", "U2"]}),
        (element("conversations_select"), "C1", {"selected_conversation": "C1"}),
        (element("multi_conversations_select"), ["C1"], {"selected_conversations": ["C1"]}),
        (element("channels_select"), "C1", {"selected_channel": "C1"}),
        (element("multi_channels_select"), [], {"selected_channels": []}),
        (element("datepicker"), "2026-11-23", {"selected_date": "2026-11-23"}),
        (element("timepicker"), "14:02", {"selected_time": "14:02"}),
        (element("datetimepicker"), "1790000000", {"selected_date_time": 1790000000}),
        (element("file_input"), ["F1"], {"files": [{"id": "F1"}]}),
        (element("overflow", **OPTIONS), "2", {"selected_option": TWO}),
        (element("static_select", **OPTIONS), {"selected_option": ONE}, {"selected_option": ONE}),
    ],
    ids=lambda value: str(value.get("type", "")) if isinstance(value, dict) else "",
)
def test_what_was_entered_becomes_slacks_state(given: Json, entered: Entered, state: Json) -> None:
    assert chosen(given, entered, options=[TWO]) == {"type": given["type"], **state}


def test_rich_text_is_sent_as_rich_text() -> None:
    state = chosen(element("rich_text_input"), "hello")
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "hello"}]}
    assert state["rich_text_value"] == {"type": "rich_text", "elements": [section]}


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (element("plain_text_input", initial_value="v"), {"value": "v"}),
        (element("static_select", **OPTIONS, initial_option=TWO), {"selected_option": TWO}),
        (element("multi_static_select", **OPTIONS, initial_options=[ONE]), {"selected_options": [ONE]}),
        (element("users_select", initial_user="U1"), {"selected_user": "U1"}),
        (element("datetimepicker", initial_date_time=1), {"selected_date_time": 1}),
        (element("plain_text_input"), {"value": None}),
        (element("checkboxes", **OPTIONS), {"selected_options": []}),
        (element("file_input"), {"files": []}),
    ],
    ids=lambda value: str(value.get("type", "")) if isinstance(value, dict) else "",
)
def test_an_untouched_field_holds_its_initial_value(given: Json, state: Json) -> None:
    assert initial(given) == {"type": given["type"], **state}


def test_a_field_keeps_what_was_known_unless_entered_anew() -> None:
    blocks = [field(element("plain_text_input", initial_value="first"), block_id=name) for name in ("b", "c", "d")]
    known = {"b": {"a": {"type": "plain_text_input", "value": "known"}}}
    values = state_values(blocks, known, {"c": {"a": "entered"}})
    assert [values[name]["a"]["value"] for name in ("b", "c", "d")] == ["known", "entered", "first"]


@pytest.mark.parametrize(
    ("given", "entered", "complaint"),
    [
        (element("plain_text_input"), "", "Please complete this required field."),
        (element("checkboxes", **OPTIONS), [], "Please complete this required field."),
        (element("plain_text_input", min_length=3), "ab", "Please enter at least 3 characters."),
        (element("plain_text_input", max_length=1), "ab", "Please enter at most 1 characters."),
        (element("email_text_input"), "nobody", "Please enter a valid email."),
        (element("url_text_input"), "nowhere", "Please enter a valid URL."),
        (element("number_input"), "many", "Please enter a number."),
        (element("number_input"), "1.5", "Please enter a whole number."),
        (element("number_input", min_value="2"), "1", "Please enter a number of at least 2."),
        (element("number_input", max_value="2"), "3", "Please enter a number of at most 2."),
        (element("number_input", is_decimal_allowed=True), "1.5", None),
        (element("email_text_input"), "a@b.c", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_client_says_what_is_wrong_with_a_field(given: Json, entered: Entered, complaint: str | None) -> None:
    blocks = [field(given)]
    values = state_values(blocks, {}, {"b": {"a": entered}})
    assert complaints(blocks, values).get("b") == complaint


def test_an_optional_field_may_stay_empty() -> None:
    blocks = [field(element("plain_text_input"), optional=True)]
    assert complaints(blocks, state_values(blocks, {}, {})) == {}
