"""Lines of a stream, however the network cuts them."""

import pytest

from bot.k8s.splitter import LineTooLong, Splitter


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_are_the_same_however_they_are_cut(size: int) -> None:
    text = b"one\ntwo two\n\nthree" * 3 + b"\n"
    splitter = Splitter()
    lines = [line for start in range(0, len(text), size) for line in splitter.feed(text[start : start + size])]
    assert lines == text.split(b"\n")[:-1]
    assert splitter.rest == 0


def test_an_unfinished_line_is_known_and_an_endless_one_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    splitter = Splitter()
    splitter.feed(b"a\nbc")
    assert splitter.rest == 2
    monkeypatch.setattr("bot.k8s.splitter.LINE_BYTES", 10)
    with pytest.raises(LineTooLong):
        splitter.feed(b"x" * 20)
