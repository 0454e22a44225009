"""Every kind of input is drawn with what stands in it, its label, its error and its hint."""

import pytest

from playground.page.blockkit import Scene
from tests.playground.page.drawing import OPTIONS, Json, drawn, of_input, plain, rich, words
from tests.playground.page.test_mrkdwn import NAMES


@pytest.mark.parametrize(
    ("element", "part"),
    [
        pytest.param({"type": "plain_text_input", "initial_value": "v"}, 'type="text" value="v"', id="text"),
        pytest.param(
            {"type": "plain_text_input", "multiline": True, "initial_value": "v"}, ">v</textarea>", id="multiline"
        ),
        pytest.param({"type": "email_text_input"}, 'type="email"', id="email"),
        pytest.param({"type": "url_text_input"}, 'type="url"', id="url"),
        pytest.param({"type": "number_input", "initial_value": "4"}, 'type="number" value="4"', id="number"),
        pytest.param({"type": "rich_text_input", "initial_value": rich(words("r"))}, ">r</textarea>", id="rich text"),
        pytest.param({"type": "datepicker", "initial_date": "2026-11-23"}, 'type="date" value="2026-11-23"', id="date"),
        pytest.param({"type": "timepicker", "initial_time": "14:05"}, 'type="time" value="14:05"', id="time"),
        pytest.param(
            {"type": "datetimepicker", "initial_date_time": 1_795_442_400}, 'value="2026-11-23T14:00"', id="moment"
        ),
        pytest.param(
            {"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[1]},
            '<option value="two" selected>',
            id="select",
        ),
        pytest.param(
            {"type": "multi_static_select", "options": OPTIONS, "initial_options": OPTIONS[:1]},
            'class="chip" data-value="one"',
            id="multi",
        ),
        pytest.param(
            {"type": "external_select", "min_query_length": 1}, 'data-source="app" data-min="1"', id="external"
        ),
        pytest.param(
            {"type": "multi_external_select", "initial_options": OPTIONS}, 'data-value="two"', id="multi external"
        ),
        pytest.param({"type": "users_select", "initial_user": "U2"}, 'data-label="jon"', id="users"),
        pytest.param(
            {"type": "multi_users_select", "initial_users": ["U1", "U2"]},
            'data-value="U1" data-label="maya"',
            id="multi users",
        ),
        pytest.param({"type": "channels_select", "initial_channel": "C1"}, 'data-label="#ops"', id="channels"),
        pytest.param({"type": "multi_channels_select"}, 'data-value="C1"', id="multi channels"),
        pytest.param({"type": "conversations_select"}, 'data-value="U2"', id="conversations"),
        pytest.param({"type": "multi_conversations_select"}, 'data-value="C1"', id="multi conversations"),
        pytest.param(
            {"type": "radio_buttons", "options": OPTIONS, "initial_option": OPTIONS[0]},
            'value="one" checked',
            id="radio",
        ),
        pytest.param(
            {"type": "checkboxes", "options": OPTIONS, "initial_options": OPTIONS},
            'value="two" checked',
            id="checkboxes",
        ),
        pytest.param({"type": "file_input", "filetypes": ["txt"]}, 'accept=".txt"', id="file"),
    ],
)
def test_an_input_begins_with_what_the_app_gave_it(element: Json, part: str) -> None:
    markup = drawn(of_input(element))
    assert part in markup
    assert f'data-block="b" data-action="a" data-type="{element["type"]}"' in markup


def test_what_was_filled_in_wins_over_what_the_app_began_with() -> None:
    scene = Scene(names=NAMES, key="k", state={"b": {"a": {"type": "plain_text_input", "value": "mine"}}})
    markup = drawn(of_input({"type": "plain_text_input", "initial_value": "theirs"}), scene=scene)
    assert 'value="mine"' in markup
    assert "theirs" not in markup


def test_an_error_stands_under_its_field_and_marks_it() -> None:
    scene = Scene(names=NAMES, key="k", errors={"b": "No such <name>."})
    markup = drawn(of_input({"type": "plain_text_input"}, hint=plain("h")), scene=scene)
    assert '<span class="error" role="alert">No such &lt;name&gt;.</span>' in markup
    assert 'aria-invalid="true"' in markup


@pytest.mark.parametrize(
    "kind", ["plain_text_input", "number_input", "external_select", "static_select", "users_select"]
)
def test_a_field_is_called_by_its_label_and_told_with_its_error_and_hint(kind: str) -> None:
    scene = Scene(names=NAMES, key="k", errors={"b": "No such name."})
    element = {
        "type": kind,
        "placeholder": plain("Type a part"),
        **({"options": []} if kind == "static_select" else {}),
    }
    markup = drawn({**of_input(element, hint=plain("As kubectl has it.")), "label": plain("Workload")}, scene=scene)
    assert 'aria-label="Workload"' in markup
    assert 'aria-description="No such name. As kubectl has it."' in markup
