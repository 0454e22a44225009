"""Replies and refusals: whole rows, turning pages, files for the rest, and never more than Slack takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadArguments, BotError, Denied, Held, NotFound, Throttled, Unreachable
from bot.model.operation import State
from bot.model.plan import Fact, Plan
from bot.model.reply import Button, Buttons, Code, Facts, Part, Reply, Table, Text, Tone
from bot.render.cards import operation_card
from bot.render.modals import approval_modal, details_modal
from bot.render.paging import with_page
from bot.render.refusal import refusal
from bot.render.reply import reply_files, reply_message
from bot.render.run_buttons import button_id
from playground.slack.blockkit.blocks import Surface
from playground.slack.blockkit.judge import characters, problems
from tests.render.operations import PLAN, operation
from tests.render.reading import read
from tests.render.test_escape import NASTY

SAFE_CHARACTERS = 10_000
"""facts: what Slack takes for sure; its hidden cap is somewhere past 11,000."""


def rows(count: int) -> tuple[tuple[str, ...], ...]:
    """Rows of a table."""
    return tuple((f"pod-{number}", "Running") for number in range(1, count + 1))


def test_a_table_is_aligned_under_its_columns() -> None:
    reply = Reply("2 pods", (Table(("NAME", "STATUS"), (("instance-worker-7c9", "Running"), ("b", "日本"))),))
    assert read(reply_message(reply).blocks) == (
        "*2 pods*\n| NAME                  STATUS\n| instance-worker-7c9   Running\n| b                     日本"
    )


def test_a_column_that_no_row_fills_takes_no_room() -> None:
    table = Table(
        ("CONDITION", "STATUS", "REASON", "SINCE"), (("Ready", "True", "", "60d"), ("Initialized", "True", "", ""))
    )
    assert read(reply_message(Reply("Conditions", (table,))).blocks).split("\n")[1:3] == [
        "| CONDITION     STATUS   SINCE",
        "| Ready         True     60d",
    ]


def test_a_wide_table_is_one_that_scrolls_instead_of_wrapping_and_only_one_is() -> None:
    wide = Table(("NAME", "NODE"), (("instance-worker-7c9", "n" * 60), ("b", "")))
    message = reply_message(Reply("2 pods", (wide, wide)))
    assert [block["type"] for block in message.blocks] == ["rich_text", "table", "rich_text"]
    assert read(message.blocks[1:2]).endswith("| b | –")
    assert read(message.blocks[2:]).split("\n")[:3] == ["| NAME", "| instance-worker-7c9", f"|   NODE {'n' * 60}"]


@pytest.mark.parametrize(
    ("page", "caption", "controls"),
    [
        pytest.param(1, "Rows 1–20 of 45.", "[Next] [Filter…]", id="first"),
        pytest.param(2, "Rows 21–40 of 45.", "[Previous] [Next] [Filter…]", id="middle"),
        pytest.param(3, "Rows 41–45 of 45.", "[Previous] [Filter…]", id="last"),
        pytest.param(99, "Rows 41–45 of 45.", "[Previous] [Filter…]", id="past the end"),
    ],
)
def test_pages_turn_by_the_line_that_made_the_table(page: int, caption: str, controls: str) -> None:
    reply = Reply("45 pods", (Table(("NAME", "STATUS"), rows(45), page=page),))
    message = reply_message(reply, line="get pods -n saasodoo")
    assert read(message.blocks).endswith(f"\n{caption}\n{controls} [⋯ Ask again · Add to favourites]")
    *turns, narrowed, kept = message.lines.values()
    assert all(line.startswith("get pods -n saasodoo --page ") for line in turns)
    assert (narrowed, kept) == ("get pods -n saasodoo", "fav add get pods -n saasodoo")


@pytest.mark.parametrize(
    "line",
    ["get pods", "get pods --page 2", "get pods --page=2", "get --page 7 pods"],
)
def test_a_page_replaces_the_page_that_was_asked_for(line: str) -> None:
    assert with_page(line, 3) == "get pods --page 3"


def test_a_page_is_asked_for_before_the_words_that_are_no_flags() -> None:
    assert with_page("get -- pods --page", 3) == "get --page 3 -- pods --page"


@pytest.mark.parametrize("line", ["get pods --page 2 -o wide", "get pods -o wide"])
def test_any_answer_can_be_asked_again_and_kept_without_its_page(line: str) -> None:
    message = reply_message(Reply("1 pod", (Table(("NAME",), (("a",),)),)), line=line)
    assert read(message.blocks).endswith("[⋯ Ask again · Add to favourites]")
    assert list(message.lines.values()) == [line, "fav add get pods -o wide"]


@pytest.mark.parametrize("reply", [Reply("Looking: get pods"), Reply("Help", (Text("words"),), private=True)])
def test_what_is_no_answer_for_all_has_no_menu(reply: Reply) -> None:
    assert reply_message(reply, line="get pods").lines == {}


def test_rows_offer_their_actions_in_one_menu() -> None:
    buttons = ((Button("Describe a", "describe pod a"),), ())
    message = reply_message(Reply("2 pods", (Table(("NAME",), (("a",), ("b",)), buttons),)))
    assert read(message.blocks).endswith("[Act on a row ▾ Describe a]")
    assert message.lines == {button_id("describe pod a"): "describe pod a"}


@pytest.mark.parametrize(("count", "files"), [pytest.param(200, 0, id="fits"), pytest.param(201, 1, id="too long")])
def test_a_table_past_200_rows_is_a_file_too(count: int, files: int) -> None:
    reply = Reply("pods", (Table(("NAME", "STATUS"), rows(count), file_name="pods.txt"),))
    assert len(reply_files(reply)) == files


def test_a_long_text_keeps_its_end_in_the_message_and_all_of_it_in_a_file() -> None:
    text = "\n".join(f"line {number}" for number in range(3_000))
    reply = Reply("Log", (Code(text, file_name="log.txt"),))
    assert read(reply_message(reply).blocks).endswith("| line 2999")
    [file] = reply_files(reply)
    assert (file.name, file.content.decode()) == ("log.txt", text)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(
            NotFound("No deployment “wroker” in saasodoo.", suggestions=("restart worker -n saasodoo",)),
            "No deployment “wroker” in saasodoo.\n[worker]",
            id="typo",
        ),
        pytest.param(
            Denied("You may not `scale` in saasodoo. Nothing was changed.", hint="Kubernetes: no rule lets you."),
            "🚫 You may not `scale` in saasodoo. Nothing was changed.\nKubernetes: no rule lets you.",
            id="denied",
        ),
        pytest.param(
            Unreachable("The API server does not answer. Nothing was changed.", hint="Try again."),
            "⚠️ The API server does not answer. Nothing was changed.\nTry again.",
            id="upstream",
        ),
        pytest.param(
            Held("Operation 7 holds it. Nothing was changed.", hint="Wait.", suggestions=(), channel="C1"),
            "Operation 7 holds it. Nothing was changed.\nWait. Its card stands in #C1.",
            id="held",
        ),
        pytest.param(
            Held("Operation 7 holds it. Nothing was changed.", hint="Wait.", suggestions=(), channel="U1"),
            "Operation 7 holds it. Nothing was changed.\nWait.",
            id="held by what was asked for in private",
        ),
    ],
)
def test_a_refusal_says_what_happened_what_did_not_and_what_next(error: BotError, expected: str) -> None:
    assert read(refusal(error, line="restart wroker -n saasodoo").blocks) == expected


@pytest.mark.parametrize(
    ("line", "offered", "label"),
    [
        pytest.param("restart wroker", "restart deployment/worker", "deployment/worker", id="a name"),
        pytest.param(
            "rollback web --to-revision 9", "rollback deployment/web --to-revision 8", "--to-revision 8", id="flag"
        ),
        pytest.param("restrat web", "restart web -n saasodoo", "restart web", id="a command"),
    ],
)
def test_a_way_on_is_labelled_with_what_differs(line: str, offered: str, label: str) -> None:
    message = refusal(NotFound("There is none.", suggestions=(offered,)), line=line)
    assert read(message.blocks) == f"There is none.\n[{label}]"


PARTS = st.one_of(
    st.builds(Text, NASTY),
    st.builds(lambda a, b: Facts((Fact(a, b),) * 9), NASTY, NASTY),
    st.builds(lambda text, times: Code(text * times), NASTY, st.integers(1, 400)),
    st.builds(lambda cell, count: Table(("A", "B"), ((cell * 20, cell),) * count), NASTY, st.integers(0, 250)),
    st.builds(lambda label: Buttons((Button(label or "x", label),) * 2), NASTY),
)


@given(NASTY, st.lists(PARTS, max_size=12), st.sampled_from(Tone))
def test_no_reply_is_refused_by_slack_or_too_long(headline: str, parts: list[Part], tone: Tone) -> None:
    message = reply_message(Reply(headline, tuple(parts), tone), line="get pods")
    assert problems(message.blocks, Surface.MESSAGE) == []
    assert characters(message.blocks) <= SAFE_CHARACTERS
    assert_parsed_by_nobody(message.blocks, message.text)


@given(NASTY, st.integers(1, 300))
def test_no_plan_makes_a_card_or_modal_that_slack_refuses(text: str, times: int) -> None:
    long = text * times
    plan = Plan(
        command="restart",
        line=long,
        namespace=text,
        steps=PLAN.steps,
        title=long,
        doing=long,
        done=long,
        facts=(Fact(text, long),) * 9,
        warnings=(long,) * 9,
        diff=long,
        undo=long,
    )
    one = operation(State.PENDING, plan=plan, reason=long)
    card = operation_card(one)
    assert problems(card.blocks, Surface.MESSAGE) == []
    assert characters(card.blocks) <= SAFE_CHARACTERS
    assert_parsed_by_nobody(card.blocks, card.text)
    for view in (approval_modal(one), details_modal(one)):
        assert problems(view["blocks"], Surface.MODAL) == []


@given(NASTY, st.sampled_from([NotFound, BadArguments, Denied, Unreachable]))
def test_no_error_escapes_its_message(text: str, kind: type[BotError]) -> None:
    message = refusal(kind(text * 40, hint=text * 40, suggestions=("restart " + "x" * 200,) * 9), line=text)
    assert problems(message.blocks, Surface.MESSAGE) == []
    assert_parsed_by_nobody(message.blocks, message.text)


def test_a_throttled_system_is_a_passing_trouble() -> None:
    assert read(refusal(Throttled("Asked to wait.", retry_after_s=3)).blocks).startswith("⚠️")


def assert_parsed_by_nobody(blocks: object, text: str) -> None:
    """No mrkdwn anywhere in blocks, no live markup in the top-level text."""
    assert "mrkdwn" not in str(_types(blocks))
    assert "<" not in text
    assert ">" not in text


def _types(value: object) -> set[str]:
    match value:
        case dict():
            return {str(value.get("type"))} | {found for part in value.values() for found in _types(part)}
        case list() | tuple():
            return {found for part in value for found in _types(part)}
        case _:
            return set()


def test_nobody_finds_two_lines_with_the_same_button() -> None:
    assert len(button_id("logs a")) * 4 >= 160, "bits: half of them are what a search for a pair costs"
