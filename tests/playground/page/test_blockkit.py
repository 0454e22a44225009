"""Every kind of block and element is drawn, completely and safely; what is unknown is said to be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.page.blockkit import Scene, draw_blocks
from playground.page.names import Names
from playground.slack.blockkit.blocks import BLOCKS
from playground.slack.forms import FIELDS
from tests.playground.page.test_mrkdwn import NAMES, Inventory

Json = dict[str, Any]
SCENE = Scene(names=NAMES, key="k")


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str, **more: Any) -> Json:
    return {"text": plain(value.title()), "value": value, **more}


def rich(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements), **more}]}


def words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def drawn(*blocks: Json, scene: Scene = SCENE) -> str:
    return draw_blocks(blocks, scene)


def of_input(element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": "b", "label": plain("Label"), "element": {"action_id": "a", **element}, **more}


OPTIONS = [option("one"), option("two")]


@pytest.mark.parametrize(
    ("block", "parts"),
    [
        pytest.param(
            {"type": "header", "text": plain("Pods :eyes:")}, ['<h3 class="header">Pods 👀</h3>'], id="header"
        ),
        pytest.param({"type": "divider"}, ["<hr>"], id="divider"),
        pytest.param(
            {"type": "section", "text": {"type": "mrkdwn", "text": "*a*"}, "fields": [plain("f1"), plain("f2")]},
            ["<b>a</b>", '<div class="fields"><div>f1</div><div>f2</div></div>'],
            id="section with fields",
        ),
        pytest.param(
            {
                "type": "section",
                "block_id": "s",
                "text": plain("t"),
                "accessory": {"type": "button", "action_id": "go", "text": plain("Go")},
            },
            ['data-block="s" data-action="go" data-type="button"', ">Go</button>"],
            id="section with accessory",
        ),
        pytest.param(
            {
                "type": "context",
                "elements": [plain("small"), {"type": "image", "image_url": "https://x.y/p.png", "alt_text": "alt"}],
            },
            ['class="context"', "small", "🖼 alt"],
            id="context",
        ),
        pytest.param(
            {
                "type": "image",
                "image_url": "http://127.0.0.1:1/files/F1/p.png",
                "alt_text": "a chart",
                "title": plain("Title"),
            },
            ["<figcaption>Title</figcaption>", '<img src="/_page/files/F1/p.png" alt="a chart"'],
            id="image of this workspace",
        ),
        pytest.param(
            {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"},
            ['<img src="/_page/files/F1/picture"'],
            id="image by file id",
        ),
        pytest.param(
            {"type": "image", "slack_file": {"url": "http://127.0.0.1:1/files/F1/p.png"}, "alt_text": "a"},
            ['<img src="/_page/files/F1/p.png"'],
            id="image by file url",
        ),
        pytest.param(
            {
                "type": "video",
                "title": plain("V"),
                "title_url": "https://x.y",
                "video_url": "https://x.y/e",
                "description": plain("d"),
            },
            ["▶ V", "https://x.y"],
            id="video",
        ),
        pytest.param({"type": "file", "external_id": "F1"}, ["F1"], id="file"),
        pytest.param(
            {"type": "markdown", "text": "# H\n- [x] **done**"}, ["<h3>H</h3>", "☑ <b>done</b>"], id="markdown"
        ),
        pytest.param(
            rich(words("a", bold=True), words("b", code=True)), ["<b>a</b>", "<code>b</code>"], id="rich section"
        ),
        pytest.param(rich(words("x\ny"), kind="rich_text_preformatted"), ["<pre>x<br>y</pre>"], id="rich preformatted"),
        pytest.param(rich(words("q"), kind="rich_text_quote"), ["<blockquote>q</blockquote>"], id="rich quote"),
        pytest.param(
            rich(
                {"type": "rich_text_section", "elements": [words("i")]},
                kind="rich_text_list",
                style="ordered",
                indent=1,
                offset=2,
            ),
            ['<ol class="indent-1" start="3"><li>i</li></ol>'],
            id="rich list",
        ),
        pytest.param(
            rich(
                {"type": "user", "user_id": "U1"},
                {"type": "usergroup", "usergroup_id": "S1"},
                {"type": "broadcast", "range": "here"},
            ),
            ["@maya", "@sre", "@here"],
            id="rich mentions",
        ),
        pytest.param(
            rich(
                {"type": "emoji", "name": "x", "unicode": "274c"},
                {"type": "link", "url": "https://x.y", "text": "l"},
                {"type": "color", "value": "#F00"},
            ),
            ["❌", '<a href="https://x.y"', 'fill="#F00"'],
            id="rich emoji, link, colour",
        ),
        pytest.param(
            {
                "type": "table",
                "column_settings": [{"align": "right"}, {"is_wrapped": True}],
                "rows": [
                    [{"type": "raw_text", "text": "H1"}, {"type": "raw_text", "text": "H2"}],
                    [{"type": "raw_number", "value": 7}, rich(words("r"))],
                ],
            },
            ['<th class="end">H1</th>', '<td class="end end">7</td>', '<td class="wrap"><div class="rich">'],
            id="table",
        ),
        pytest.param(
            {
                "type": "data_table",
                "caption": "Pods",
                "rows": [[{"type": "raw_text", "text": "H"}], [{"type": "raw_text", "text": "c"}]],
            },
            ["<caption>Pods</caption>", "<th>H</th>", "<td>c</td>"],
            id="data_table",
        ),
        pytest.param(
            {
                "type": "container",
                "title": plain("Labels"),
                "is_collapsible": True,
                "default_collapsed": True,
                "child_blocks": [{"type": "divider"}],
            },
            ['<details class="container"><summary><b>Labels</b></summary><hr></details>'],
            id="container",
        ),
        pytest.param(
            {
                "type": "plan",
                "title": "Rollout",
                "tasks": [
                    {
                        "type": "task_card",
                        "task_id": "1",
                        "title": "Wait",
                        "status": "in_progress",
                        "output": rich(words("3 of 4")),
                    }
                ],
            },
            ["Rollout", 'aria-label="running"', "3 of 4"],
            id="plan",
        ),
        pytest.param(
            {
                "type": "data_visualization",
                "title": "CPU",
                "chart": {"type": "bar", "series": [{"name": "n", "data": [{"label": "l", "value": 3}]}]},
            },
            ["CPU", "<svg", "<rect", "<td>l</td>"],
            id="data_visualization",
        ),
        pytest.param(
            {"type": "alert", "level": "warning", "text": plain("careful")},
            ['class="alert warning"', "careful"],
            id="alert",
        ),
        pytest.param(
            {"type": "carousel", "elements": [{"type": "card", "title": plain("C1")}]},
            ['class="carousel"', "<b>C1</b>"],
            id="carousel",
        ),
        pytest.param(
            {
                "type": "context_actions",
                "elements": [
                    {
                        "type": "feedback_buttons",
                        "action_id": "f",
                        "positive_button": {"text": plain("Good"), "value": "+"},
                    }
                ],
            },
            ['data-value="+"', 'title="Good"'],
            id="feedback buttons",
        ),
        pytest.param({"type": "hologram"}, ["Unsupported block hologram"], id="unknown block"),
        pytest.param(
            {"type": "actions", "elements": [{"type": "lever"}]}, ["Unsupported element lever"], id="unknown element"
        ),
    ],
)
def test_a_block_is_drawn_with_all_that_it_says(block: Json, parts: list[str]) -> None:
    markup = drawn(block)
    for part in parts:
        assert part in markup


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


def test_a_confirm_dialog_waits_in_a_template_beside_its_control() -> None:
    confirm = {
        "title": plain("Sure?"),
        "text": plain("All pods stop."),
        "confirm": plain("Do"),
        "deny": plain("Do not"),
        "style": "danger",
    }
    markup = drawn(
        {
            "type": "actions",
            "block_id": "b",
            "elements": [{"type": "button", "action_id": "a", "text": plain("Go"), "confirm": confirm}],
        }
    )
    assert "<template><dialog" in markup
    for part in ("Sure?", "All pods stop.", "Do not", 'class="btn danger"'):
        assert part in markup


def test_an_overflow_menu_is_closed_until_it_is_opened() -> None:
    markup = drawn(
        {
            "type": "actions",
            "elements": [
                {"type": "overflow", "action_id": "o", "options": [option("logs", description=plain("last 40"))]}
            ],
        }
    )
    assert 'role="menu" class="menu" hidden' in markup
    assert 'role="menuitem" tabindex="-1" data-do="act" data-value="logs"' in markup


HOSTILE = st.sampled_from(
    [
        '"><script>alert(1)</script>',
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "' onclick='x",
        "</template></dialog>",
    ]
)
SCALARS = HOSTILE | st.text(max_size=5)
KINDS = [
    "section",
    "header",
    "context",
    "actions",
    "image",
    "video",
    "input",
    "rich_text",
    "markdown",
    "table",
    "card",
    "plan",
    "alert",
    "file",
    "?",
]


@given(kind=st.sampled_from(KINDS), text=SCALARS, block_id=SCALARS)
def test_nothing_that_an_app_sends_becomes_markup_of_its_own(kind: str, text: str, block_id: str) -> None:
    element = {"type": "button", "action_id": text, "text": plain(text), "value": text, "url": text, "style": text}
    block = {
        "type": kind,
        "block_id": block_id,
        "text": {"type": "mrkdwn", "text": text} if kind != "markdown" else text,
        "title": plain(text),
        "label": plain(text),
        "alt_text": text,
        "image_url": text,
        "video_url": text,
        "level": text,
        "external_id": text,
        "accessory": element,
        "element": {"type": "plain_text_input", "action_id": text, "initial_value": text, "placeholder": plain(text)},
        "elements": [element]
        if kind == "actions"
        else [rich(words(text))["elements"][0]]
        if kind == "rich_text"
        else [plain(text)],
        "rows": [[{"type": "raw_text", "text": text}]],
        "tasks": [{"type": "task_card", "title": text, "status": text}],
    }
    for tag, attributes in Inventory(drawn(block)).tags:
        assert tag not in {"script", "img"} or (attributes.get("src") or "").startswith("/_page/files/")
        assert not any(name.startswith("on") for name in attributes)
        assert not (attributes.get("href") or "").lower().startswith("javascript")


@pytest.mark.parametrize("kind", sorted({kind for kinds in BLOCKS.values() for kind in kinds}))
def test_every_block_that_the_practice_slack_takes_is_drawn(kind: str) -> None:
    assert "Unsupported block" not in drawn({"type": kind})


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_every_field_that_the_practice_slack_reads_is_drawn(kind: str) -> None:
    assert "Unsupported" not in drawn(of_input({"type": kind}))


def test_names_are_those_of_the_reader() -> None:
    stranger = Scene(names=Names(me="U9"), key="k")
    assert "private channel" in drawn({"type": "section", "text": {"type": "mrkdwn", "text": "<#C1|>"}}, scene=stranger)
