"""What a container says over time, however long it runs."""

from itertools import chain, islice

from playground.cluster.nodes.program import KEPT_LINES, Heartbeat, Program
from playground.cluster.nodes.shell import Exit, Say, Wait

HEART = Heartbeat(10.0, ("tick {n}", "tock {n}"))
YEAR_S = 365 * 24 * 3600.0


def server() -> Program:
    return Program(iter([Say("starting\n"), Wait(1.0), Say("ready\n")]), HEART, finite=False)


def test_the_opening_comes_first_and_the_beats_in_turn() -> None:
    lines = [(line.at_s, line.text) for line in server().lines(31.0)]
    assert lines == [(0.0, "starting"), (1.0, "ready"), (11.0, "tick 0"), (21.0, "tock 1"), (31.0, "tick 2")]


def test_of_a_server_that_is_a_year_old_only_what_is_kept_is_worked_out() -> None:
    asked = server()
    lines = asked.lines(YEAR_S)
    assert 0 < len(lines) <= KEPT_LINES
    assert YEAR_S - 10 < lines[-1].at_s <= YEAR_S
    number = int(lines[-1].text.split()[1])
    assert lines[-1].at_s == 1.0 + 10.0 * (number + 1), "no beat is left out of the count"


def test_looking_twice_says_the_same() -> None:
    asked = server()
    assert asked.lines(YEAR_S) == asked.lines(YEAR_S)


def test_the_next_line_of_an_old_server_is_known() -> None:
    asked = server()
    coming = asked.next_at_s(YEAR_S)
    assert coming is not None
    assert YEAR_S < coming <= YEAR_S + 10


def test_a_program_without_a_heart_ends() -> None:
    asked = Program(chain([Say("x\n")], islice([Wait(2.0)], 1), [Exit(3)]))
    ending = asked.ending(5.0)
    assert ending is not None
    assert (ending.after_s, ending.code) == (2.0, 3)
