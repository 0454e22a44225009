"""Every kind of block and element is drawn, completely and safely; what is unknown is said to be."""

import pytest

from playground.page.blockkit import Scene
from playground.page.names import Names
from playground.slack.blockkit.blocks import BLOCKS
from playground.slack.forms import FIELDS
from tests.playground.page.drawing import Json, drawn, of_input, option, plain, rich, words


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


@pytest.mark.parametrize("kind", sorted({kind for kinds in BLOCKS.values() for kind in kinds}))
def test_every_block_that_the_practice_slack_takes_is_drawn(kind: str) -> None:
    assert "Unsupported block" not in drawn({"type": kind})


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_every_field_that_the_practice_slack_reads_is_drawn(kind: str) -> None:
    assert "Unsupported" not in drawn(of_input({"type": kind}))


def test_names_are_those_of_the_reader() -> None:
    stranger = Scene(names=Names(me="U9"), key="k")
    assert "private channel" in drawn({"type": "section", "text": {"type": "mrkdwn", "text": "<#C1|>"}}, scene=stranger)
