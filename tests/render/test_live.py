"""Live answers as people read them: live, ended in each way, and lines that nothing can break out of."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.actor import Person
from bot.model.incoming import Origin
from bot.model.live import Ending, How, LiveAnswer
from bot.model.reply import Button, Reply, Table, Text, Tone
from bot.render.limits import PREFORMATTED_CHARACTERS
from bot.render.live import ended_message, lines_message, live_message
from bot.render.run_buttons import button_id
from playground.slack.blockkit.blocks import Surface
from playground.slack.blockkit.judge import characters, problems
from tests.render.reading import read
from tests.render.test_escape import NASTY

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
JON = Person("T1", "UJON")
SAFE_CHARACTERS = 10_000


def answer(reply: Reply) -> LiveAnswer:
    return LiveAnswer(
        id="a1",
        origin=Origin("deed-1", "T1", "UMAYA", "C1", NOON),
        asker=Person("T1", "UMAYA"),
        line="get pods --watch",
        reply=reply,
        began_at=NOON,
        until=NOON + timedelta(minutes=10),
    )


def test_a_live_card_says_until_when_and_how_to_stop_it() -> None:
    assert read(live_message(answer(Reply("2 pods in shop"))).blocks) == (
        "🔵 *2 pods in shop*\nLive for @UMAYA until 12:10 UTC\n[Stop]"
    )


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        (Ending(How.STOPPED, NOON + timedelta(minutes=3), by=JON), "Stopped by @UJON after 3 min · 12:03 UTC"),
        (
            Ending(How.TIME_UP, NOON + timedelta(minutes=10)),
            "Ended after 10 min, the longest that this answer is live · 12:10 UTC",
        ),
        (Ending(How.CUT_OFF, NOON + timedelta(minutes=3)), "Stopped: the bot was restarted · 12:03 UTC"),
        (
            Ending(How.FAILED, NOON + timedelta(seconds=41), why="pod/web is gone."),
            "Ended after 41 s: pod/web is gone · 12:00 UTC",
        ),
    ],
    ids=[how.value for how in How],
)
def test_an_ended_card_claims_nothing_of_now(ending: Ending, sentence: str) -> None:
    message = ended_message(answer(Reply("2 pods in shop", tone=Tone.WARNING)), ending)
    assert read(message.blocks) == (f"*2 pods in shop · no longer followed*\n{sentence}\n[Follow again]")
    assert message.lines == {button_id("get pods --watch"): "get pods --watch"}


@given(NASTY, st.integers(0, 20_000))
def test_lines_fit_into_a_message_whatever_they_are(text: str, left_out: int) -> None:
    message = lines_message([text * 50] * 40, left_out)
    assert problems(message.blocks, Surface.MESSAGE) == []
    assert characters(message.blocks) <= PREFORMATTED_CHARACTERS


def test_lines_that_do_not_fit_are_counted_with_those_left_out_before() -> None:
    lines = read(lines_message(["x" * 400] * 40, 100).blocks).split("\n")
    shown = [line for line in lines if "xxx" in line]
    assert lines[0] == f"| … {140 - len(shown)} earlier lines left out: more than a message holds"
    assert 10 < len(shown) < 20


def test_a_full_card_stays_within_what_slack_takes() -> None:
    row = ("instance-worker-7c9" * 5, "CrashLoopBackOff" * 6, "x" * 100)
    table = Table(("NAME", "STATUS", "X"), (row,) * 20, ((Button("Logs", "logs x"),),) * 20)
    full = answer(Reply("h" * 2_000, (table, Text("t" * 3_000)) * 3))
    for message in (live_message(full), ended_message(full, Ending(How.FAILED, NOON, why="w" * 3_000))):
        assert problems(message.blocks, Surface.MESSAGE) == []
        assert characters(message.blocks) <= SAFE_CHARACTERS
