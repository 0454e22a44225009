"""A pattern finds what Python's `re` finds, and takes no longer for an evil one."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadArguments
from bot.model.pattern import NEW_STEPS, REMEMBERED, Pattern

LETTERS = st.text("ab", max_size=12)
EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\.", "^", "$"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from("*+?")).map(lambda pair: f"({pair[0]}){pair[1]}"),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS, LETTERS)
def test_it_finds_what_a_backtracking_expression_finds(expression: str, line: str) -> None:
    assert Pattern(f"/{expression}/").is_in(line) == bool(re.search(rf"(?:{expression})", line))


@pytest.mark.parametrize(
    ("source", "line", "found"),
    [
        ("crash", "CrashLoopBackOff", True),
        ("a.c", "abc", False),
        ("/a.c/", "abc", True),
        ("/oom|crash/", "OOMKilled", True),
        ("/^web-/", "api-web-1", False),
        (r"/\d+ restarts?$/", "pod 12 restarts", True),
        ("/[0-9a-f]+-x/", "7C9-X", True),
        ("/^$/", "", True),
        ("/", "a/b", True),
        ("//", "a//b", True),
        ("straße", "STRASSE", True),
    ],
)
def test_a_plain_text_is_no_expression_and_no_case_matters(source: str, line: str, found: bool) -> None:
    assert Pattern(source).is_in(line) is found


@pytest.mark.parametrize(
    "source", ["/(a/", "/a)/", "/*a/", "/[a/", "/a{2}/", r"/\b/", "/a\\/", "x" * 121, "/" + "(" * 118 + "/"]
)
def test_what_is_no_pattern_is_refused_with_a_sentence(source: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        Pattern(source)


@pytest.mark.parametrize("evil", ["/(a*)*b/", "/(a|a)*b/", "/(a+)+$b/", "/" + "a?" * 30 + "a" * 30 + "b/"])
def test_an_evil_expression_costs_a_bounded_number_of_steps(evil: str) -> None:
    pattern = Pattern(evil)
    assert not pattern.is_in("a" * 2_000 + "c")
    assert len(pattern._known) <= REMEMBERED
    assert len(pattern._known) < 200, "every step but the first few was looked up"


def test_a_pattern_that_is_made_to_be_slow_is_given_up() -> None:
    pattern = Pattern("/(a|b)*a" + "(a|b)" * 18 + "c/")
    text = "".join(Random(1).choices("ab", k=16_000))
    with pytest.raises(BadArguments, match="can be read in too many ways"):
        any(pattern.is_in(text) for _ in range(1_000))


def test_one_that_people_write_searches_as_much_as_there_is() -> None:
    pattern = Pattern(r"/(error|fatal|timeout): .*[0-9]+ (of|from) \w+-\d+/")
    lines = [
        f"2026-11-23T10:{n % 60:02}:00Z info request {n} from client-{n} timeout: {n} of db-{n % 7}"
        for n in range(9_000)
    ]
    assert sum(pattern.is_in(line) for line in lines) == 9_000
    assert pattern._new_steps < NEW_STEPS / 4
