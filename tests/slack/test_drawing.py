"""How messages are handed to Slack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.outgoing import Message
from bot.model.plan import Json
from bot.slack.drawing import TEXT_AT_MOST, contents, cut, plain_contents, whispered

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*Pods* 4"}}


HEADLINE = {"type": "section", "text": {"type": "mrkdwn", "text": "*Restarting*"}}


def test_a_coloured_card_has_its_headline_above_the_bar_and_the_rest_beside_it() -> None:
    drawn = contents(Message("Restarting", [HEADLINE, SECTION], color="#3867d6"))
    assert drawn == {
        "text": "Restarting",
        "blocks": [HEADLINE],
        "attachments": [{"color": "#3867d6", "fallback": "Restarting", "blocks": [SECTION]}],
    }


def test_a_headline_alone_needs_no_bar() -> None:
    drawn = contents(Message("Done", [HEADLINE], color="#3867d6"))
    assert drawn == {"text": "Done", "blocks": [HEADLINE], "attachments": []}


def test_a_plain_card_takes_the_colour_of_an_older_version_away() -> None:
    assert contents(Message("Done", [SECTION])) == {"text": "Done", "blocks": [SECTION], "attachments": []}


def test_a_whisper_never_has_attachments() -> None:
    assert whispered(Message("No", [SECTION], color="#f00")) == {"text": "No", "blocks": [SECTION]}


def test_without_blocks_the_words_remain_and_stay_harmless() -> None:
    blocks: list[dict[str, Json]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Logs <!channel>"}},
        SECTION,
        {"type": "divider"},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Approve"}}]},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a <b> & c"}]}],
        },
        {"type": "table", "rows": [[{"type": "raw_text", "text": "NAME"}, {"type": "raw_text", "text": "<@U1>"}]]},
    ]
    assert plain_contents(Message("Logs", blocks))["text"].splitlines() == [
        "Logs",
        "Logs &lt;!channel&gt;",
        "*Pods* 4",
        "a &lt;b&gt; &amp; c",
        "NAME",
        "&lt;@U1&gt;",
    ]


@pytest.mark.parametrize("tail", ["&amp;", "<!date^1700000000^{date}|then>"], ids=["entity", "date"])
def test_a_cut_never_tears_what_slack_parses(tail: str) -> None:
    for length in range(TEXT_AT_MOST - 60, TEXT_AT_MOST + 5):
        text = cut("x" * length + tail + "y" * 100)
        head = text.removesuffix("\n… cut.").lstrip("x")
        assert head == "" or head.startswith(tail)


@given(st.text(max_size=9000))
def test_no_text_is_longer_than_an_update_may_be(text: str) -> None:
    assert len(cut(text)) <= TEXT_AT_MOST
