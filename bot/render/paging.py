"""One page of a long table, and the lines that turn it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.model.reply import Button
from bot.render.limits import ROWS_PER_PAGE

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows are shown."""

    number: int
    count: int
    total: int

    @classmethod
    def of(cls, total: int, wanted: int) -> "Page":
        """Page *wanted* of *total* rows, or the nearest that exists."""
        count = max(1, -(-total // ROWS_PER_PAGE))
        return cls(number=min(max(wanted, 1), count), count=count, total=total)

    def slice(self, rows: Sequence[T]) -> Sequence[T]:
        """The rows on this page."""
        start = (self.number - 1) * ROWS_PER_PAGE
        return rows[start : start + ROWS_PER_PAGE]

    @property
    def caption(self) -> str:
        """`Rows 21–40 of 57.`, empty for a single page."""
        first = (self.number - 1) * ROWS_PER_PAGE + 1
        return f"Rows {first}–{min(first + ROWS_PER_PAGE - 1, self.total)} of {self.total}." if self.count > 1 else ""

    def buttons(self, line: str) -> tuple[Button, ...]:
        """Previous and Next where they exist, and a way to narrow it down; *line* is what made the table."""
        if not line or self.count == 1:
            return ()
        turns = (("Previous", self.number - 1), ("Next", self.number + 1))
        turning = [Button(label, with_page(line, number)) for label, number in turns if 1 <= number <= self.count]
        return (*turning, Button("Filter…", line, action="form"))


def with_page(line: str, number: int) -> str:
    """*line* with `--page number` in the place of any page it had; before `--`, after which nothing is a flag."""
    flags, rest = _parted(line)
    return shlex.join([*flags, "--page", str(number), *rest])


def without_page(line: str) -> str:
    """*line* as it is asked for its first page."""
    flags, rest = _parted(line)
    return shlex.join([*flags, *rest])


def _parted(line: str) -> tuple[list[str], list[str]]:
    """The words of *line* but for its page: those before `--`, and the rest."""
    words = shlex.split(line)
    end = words.index("--") if "--" in words else len(words)
    words, rest = words[:end], words[end:]
    kept: list[str] = []
    skip = False
    for word in words:
        if not skip and word != "--page" and not word.startswith("--page="):
            kept.append(word)
        skip = not skip and word == "--page"
    return kept, rest
