"""Text from strangers is harmless wherever a message puts it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.escape import both_ends, clean, cut, head, inline, mrkdwn, tail

_SIGNS = "<>&!@#|`*_~\n\r\t\x00\x1b[31m\u202e\u200b\u2066é🙂aU1"
NASTY = st.text(st.sampled_from(_SIGNS), max_size=80) | st.text(max_size=80)


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        pytest.param("\x1b[31mred\x1b[0m", "red", id="ANSI colour"),
        pytest.param("\x1b]8;;https://evil.example\x07link\x1b]8;;\x07", "link", id="OSC hyperlink"),
        pytest.param("a\u202egnp.exe", "agnp.exe", id="bidi override"),
        pytest.param("kube\u200bctl", "kubectl", id="zero width"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line ends"),
        pytest.param("a\x00b\x07", "ab", id="C0"),
        pytest.param("a\u2800\u3164\uffa0\u115fb", "ab", id="letters that look like blanks"),
        pytest.param("a\u034f\u17b4b", "ab", id="marks that show nothing"),
        pytest.param("e" + "\u0301" * 50 + "x", "e" + "\u0301" * 4 + "x", id="marks piled over other lines"),
        pytest.param("naïve 🙂 ❤️", "naïve 🙂 ❤️", id="letters and emoji stay"),
    ],
)
def test_invisible_signs_go_and_visible_ones_stay(given_text: str, shown: str) -> None:
    assert clean(given_text) == shown


@pytest.mark.parametrize(
    "text", ["<!channel>", "<!here>", "<@U123>", "<!subteam^S1>", "<https://evil.example|Approve>"]
)
def test_a_mention_or_link_is_text(text: str) -> None:
    assert "<" not in mrkdwn(text)
    assert mrkdwn(text).startswith("&lt;")


def test_an_ampersand_is_escaped_first() -> None:
    assert mrkdwn("&lt;!channel&gt;") == "&amp;lt;!channel&amp;gt;"


@given(NASTY)
def test_no_text_becomes_markup_or_hides_a_sign(text: str) -> None:
    shown = mrkdwn(text)
    assert not set("<>") & set(shown)
    assert all(sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cf", "Co", "Cs"} for sign in shown)


@given(NASTY, st.integers(min_value=1, max_value=40))
def test_inline_text_is_one_line_of_at_most_the_limit(text: str, limit: int) -> None:
    shown = inline(text, limit)
    assert "\n" not in shown
    assert len(shown) <= limit


@given(st.text(), st.integers(8, 40))
def test_what_is_cut_in_the_middle_keeps_both_ends(text: str, limit: int) -> None:
    whole, shown = inline(text, len(text) + 1), both_ends(text, limit)
    assert len(shown) <= limit
    if len(whole) <= limit:
        assert shown == whole
    else:
        first, _, last = shown.partition("…") if "…" not in whole else (shown[:1], "", shown[-1:])
        assert whole.startswith(first)
        assert whole.endswith(last)


def test_a_pull_that_failed_keeps_its_cause() -> None:
    said = 'Failed to pull image "nosuch/nosuch:9.9": rpc error: code = NotFound desc = failed to pull: not found'
    assert both_ends(said, 60) == 'Failed to pull image "nosuch/…sc = failed to pull: not found'


def test_a_cut_never_takes_an_accent_from_its_letter() -> None:
    assert cut("abe\u0301f", 4) == "ab…"


def test_a_log_keeps_its_newest_lines() -> None:
    log = "\n".join(f"line {number}" for number in range(100))
    kept = tail(log, 40, 20)
    assert kept.startswith("…\n")
    assert kept.endswith("line 98\nline 99")
    assert len(kept) <= 40


def test_a_diff_keeps_its_first_lines() -> None:
    diff = "\n".join(f"line {number}" for number in range(100))
    assert head(diff, 20, 20) == "line 0\nline 1\n…"


def test_a_huge_line_does_not_push_out_the_others() -> None:
    assert tail("x" * 2_000_000 + "\nFATAL: no password", 600, 100).endswith("\nFATAL: no password")
