"""Slack's markup taken back to what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.markup import plain_text, text_after_mention


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("scale <@U1|jon>", "scale @U1"),
        ("in <#C1|ops>", "in #C1"),
        ("in <#C1>", "in #C1"),
        ("<http://acme.example.com|acme.example.com>", "acme.example.com"),
        ("<https://acme.example.com/x>", "https://acme.example.com/x"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<!here> <!channel>", "@here @channel"),
        ("<!subteam^S1|@sre>", "@sre"),
        ("<!subteam^S1>", "@S1"),
        ("a &lt;b&gt; &amp;&amp; c", "a <b> && c"),
        ("&amp;lt;", "&lt;"),
        ("&quot;&nbsp;", "&quot;&nbsp;"),
        ("&lt;@U1&gt;", "<@U1>"),
        ("<>", "<>"),
        ("  x  ", "x"),
    ],
)
def test_markup_becomes_what_was_typed(sent: str, typed: str) -> None:
    assert plain_text(sent) == typed


@given(st.text())
def test_what_slack_escapes_comes_back_as_it_was(text: str) -> None:
    sent = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert plain_text(sent) == text.strip()


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("<@UBOT> help", "help"),
        ("hello <@UBOT|saas>  get pods", "get pods"),
        ("<@UBOT>", ""),
        ("get <@U2>", "get @U2"),
        ("<@UBOT> who-can <@UBOT>", "who-can @UBOT"),
    ],
)
def test_a_mention_is_cut_off(text: str, after: str) -> None:
    assert text_after_mention(text, "UBOT") == after
