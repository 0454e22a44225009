"""A typed line becomes words; what a phone did to it is mended, what hides in it is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.line import MAX_LENGTH, join, mend, words
from bot.errors import BadArguments


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("restart instance-worker", ["restart", "instance-worker"], id="plain"),
        pytest.param("scale x --replicas 4", ["scale", "x", "--replicas", "4"], id="flag"),
        pytest.param("restart x —reason “stuck queue”", ["restart", "x", "--reason", "stuck queue"], id="phone"),
        pytest.param("restart\u00a0x", ["restart", "x"], id="no-break space"),
        pytest.param("get\npods", ["get", "pods"], id="newline"),
        pytest.param("restart\u200b x\ufeff", ["restart", "x"], id="zero-width leftovers"),
        pytest.param("echo $(rm -rf /) `id` ; *", ["echo", "$(rm", "-rf", "/)", "`id`", ";", "*"], id="no shell"),
        pytest.param("", [], id="nothing"),
        pytest.param("exec x -- ''", ["exec", "x", "--", ""], id="an empty word"),
    ],
)
def test_words(typed: str, expected: list[str]) -> None:
    assert words(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param('restart "x', id="open quote"),
        pytest.param("restart \u202ereknaw", id="bidi override"),
        pytest.param("restart x\x1b[31m", id="escape sequence"),
        pytest.param("restart \x00", id="NUL"),
        pytest.param("x" * (MAX_LENGTH + 1), id="too long"),
    ],
)
def test_refused_in_one_sentence_with_a_next_step(typed: str) -> None:
    with pytest.raises(BadArguments, match=r"Nothing was done\.$") as refusal:
        words(typed)
    assert refusal.value.hint


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="—–―")), max_size=8))
def test_joined_words_read_back_as_the_same(split: list[str]) -> None:
    assert words(join(split)) == [mend(word) for word in split]


def test_an_apostrophe_of_a_phone_in_a_field_is_no_open_quote() -> None:
    assert words(join(["restart", "web", "--reason", "it’s stuck"])) == ["restart", "web", "--reason", "it's stuck"]
