"""What Block Kit takes and how it words what it does not take."""

import pytest

from playground.slack.blockkit.blocks import Surface
from playground.slack.blockkit.judge import characters, problems, with_ids
from playground.slack.clock import Clock
from playground.slack.ids import Ids
from tests.playground.slack.app import Json, button, field, plain, section

MARKED = {"type": "mrkdwn", "text": "x"}
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "a", "style": {"bold": True}}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "log"}]},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}],
        },
    ],
}
CELL = {"type": "raw_text", "text": "x"}
POINT = {"label": "web", "value": 1.5}
TASK = {"type": "task_card", "task_id": "1", "title": "Restart", "status": "in_progress"}


def select(kind: str, **more: object) -> Json:
    return {"type": kind, "action_id": "a", **more}


OPTION = {"text": plain("One"), "value": "1"}


@pytest.mark.parametrize(
    "block",
    [
        section("x", fields=[MARKED]),
        section("x", accessory=select("multi_static_select", options=[OPTION])),
        {"type": "header", "text": plain("x" * 150)},
        {"type": "divider"},
        {"type": "image", "image_url": "https://x/y.png", "alt_text": "chart"},
        {"type": "context", "elements": [MARKED, {"type": "image", "image_url": "https://x", "alt_text": "x"}]},
        button("a"),
        {
            "type": "actions",
            "elements": [select("overflow", options=[OPTION]), select("datepicker") | {"action_id": "d"}],
        },
        field({"type": "plain_text_input", "action_id": "a"}),
        RICH,
        {"type": "markdown", "text": "# x"},
        {"type": "table", "rows": [[CELL, RICH]], "column_settings": [{"align": "right"}, None]},
        {"type": "container", "title": plain("Logs"), "is_collapsible": True, "child_blocks": [section("x")]},
        {"type": "data_table", "caption": "Pods", "rows": [[CELL], [CELL]]},
        {"type": "data_visualization", "title": "CPU", "chart": {"type": "pie", "segments": [POINT]}},
        TASK,
        {"type": "plan", "title": "Rollout", "tasks": [TASK]},
        {
            "type": "context_actions",
            "elements": [select("icon_button", icon="trash", text=plain("Delete"))],
        },
    ],
    ids=lambda block: block["type"],
)
def test_a_good_block_is_taken(block: Json) -> None:
    assert problems([block], Surface.MESSAGE) == []


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([{"type": "section"}], "missing required field: text or fields [json-pointer:/blocks/0]"),
        ([section("x")] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([{"type": "multiselect"}], "unsupported type: multiselect [json-pointer:/blocks/0]"),
        ([{"text": plain("x")}], "missing required field: type [json-pointer:/blocks/0]"),
        (["x"], "must provide an object [json-pointer:/blocks/0]"),
        ({"type": "divider"}, "must provide an array [json-pointer:/blocks]"),
        (
            [{"type": "header", "text": plain("x" * 151)}],
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        ([{"type": "header", "text": MARKED}], "unsupported type: mrkdwn [json-pointer:/blocks/0/text]"),
        ([section("x", columns=2)], "invalid additional property: columns [json-pointer:/blocks/0]"),
        (
            [{"type": "actions", "elements": [select("button")]}],
            "missing required field: text [json-pointer:/blocks/0/elements/0]",
        ),
        (
            [{"type": "actions", "elements": [select("multi_static_select", options=[OPTION])]}],
            "unsupported element: multi_static_select [json-pointer:/blocks/0/elements/0]",
        ),
        (
            [{"type": "actions", "elements": [select("static_select")]}],
            "missing required field: options or option_groups [json-pointer:/blocks/0/elements/0]",
        ),
        (
            [{"type": "actions", "elements": [select("overflow", options=[OPTION] * 6)]}],
            "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
        ),
        (
            [{"type": "actions", "elements": [select("button", text=plain("x" * 76))]}],
            "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        ),
        (
            [{"type": "actions", "elements": button("a")["elements"] * 26}],
            "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            [{"type": "actions", "elements": button("a")["elements"] * 2}],
            "`action_id` 'a' already exists [json-pointer:/blocks/0/elements]",
        ),
        (
            [section("x", block_id="i"), section("y", block_id="i")],
            "block_id 'i' already exists [json-pointer:/blocks]",
        ),
        ([{"type": "plan", "title": plain("x")}], "must provide a string [json-pointer:/blocks/0/title]"),
        (
            [TASK | {"status": "done"}],
            "must be one of: pending, in_progress, complete, error [json-pointer:/blocks/0/status]",
        ),
        ([{"type": "alert", "text": plain("x")}], "unsupported type: alert [json-pointer:/blocks/0]"),
        ([{"type": "table", "rows": [[CELL] * 21]}], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
        (
            [{"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 600}] * 20]}],
            "must be less than 10001 characters in total [json-pointer:/blocks/0/rows]",
        ),
        (
            [{"type": "data_table", "caption": "x", "rows": [[CELL], [{"type": "raw_number", "value": 1}]]}],
            "unsupported element: raw_number [json-pointer:/blocks/0/rows/1/0]",
        ),
        (
            [{"type": "data_table", "caption": "x", "rows": [[CELL], [CELL, CELL]]}],
            "all rows must have the same number of cells [json-pointer:/blocks/0/rows]",
        ),
        (
            [{"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}],
            "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]",
        ),
        (
            [{"type": "data_visualization", "title": "x", "chart": {"type": "pie", "segments": [POINT] * 13}}],
            "no more than 12 items allowed [json-pointer:/blocks/0/chart/segments]",
        ),
        (
            [{"type": "data_visualization", "title": "x", "chart": {"type": "pie", "segments": [POINT]}}] * 3,
            "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]",
        ),
        (
            [{"type": "container", "title": plain("x"), "child_blocks": [section("x")] * 11}],
            "no more than 10 items allowed [json-pointer:/blocks/0/child_blocks]",
        ),
        (
            [{"type": "container", "title": plain("x"), "child_blocks": [{"type": "markdown", "text": "x"}]}],
            "unsupported type: markdown [json-pointer:/blocks/0/child_blocks/0]",
        ),
        (
            [{"type": "context", "elements": [MARKED] * 11}],
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            [{"type": "markdown", "text": "x" * 7000}] * 2,
            "markdown text must be less than 12001 characters in total [json-pointer:/blocks]",
        ),
        (
            [{"type": "context_actions", "elements": [select("icon_button", icon="trash")]}],
            "missing required field: text [json-pointer:/blocks/0/elements/0]",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_block_is_named_with_a_pointer(blocks: object, said: str) -> None:
    assert said in [str(problem) for problem in problems(blocks, Surface.MESSAGE)]


def test_a_modal_takes_what_a_message_does_not_and_the_other_way_round() -> None:
    alert, markdown = {"type": "alert", "text": plain("x")}, {"type": "markdown", "text": "x"}
    assert problems([alert], Surface.MODAL) == []
    assert problems([markdown], Surface.MODAL) != []
    assert problems([section("x")] * 100, Surface.MODAL) == []
    assert problems([section("x")] * 101, Surface.MODAL) != []


def test_missing_ids_are_made_up_and_given_ones_stay() -> None:
    blocks = [section("x"), section("y", block_id="mine"), {"type": "actions", "elements": [{"type": "button"}]}]
    made = with_ids(blocks, Ids(Clock(scale=0)))
    assert made[1]["block_id"] == "mine"
    assert len({block["block_id"] for block in made}) == 3
    assert made[2]["elements"][0]["action_id"]
    assert "block_id" not in blocks[0]


def test_the_text_of_all_parts_counts_towards_the_budget() -> None:
    assert characters([section("four"), button("a"), RICH]) == len("four" + "Press" + "a" + "log")
