"""A signature is of one key, one size and one head."""

import pytest

from bot.model.checkpoint import Checkpoint, Signer

SIGNER = Signer.of("k" * 32)
HEAD = Checkpoint(7, bytes(range(32)))


def test_what_the_key_signed_it_knows_again() -> None:
    assert SIGNER.knows(HEAD, *SIGNER.signature(HEAD))


@pytest.mark.parametrize(
    "other", [Checkpoint(8, HEAD.head), Checkpoint(7, bytes(32))], ids=["another size", "another head"]
)
def test_it_signed_nothing_else(other: Checkpoint) -> None:
    assert SIGNER.knows(other, *SIGNER.signature(HEAD)) is False


def test_of_another_key_it_knows_nothing() -> None:
    assert SIGNER.knows(HEAD, *Signer.of("o" * 32).signature(HEAD)) is None


def test_a_key_is_never_shown() -> None:
    assert "kkk" not in repr(SIGNER)


@pytest.mark.parametrize("text", ["7:" + "0a" * 32, "7:" + "0A" * 32])
def test_a_head_is_read_as_it_was_told(text: str) -> None:
    assert Checkpoint.read(text) == Checkpoint(7, b"\n" * 32)


@pytest.mark.parametrize(
    "text", ["", "7", "7:", "7:0a", "-7:" + "0a" * 32, "0:" + "0a" * 32, "٣:" + "0a" * 32, "7:" + "0g" * 32]
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="SIZE:HEAD"):
        Checkpoint.read(text)
