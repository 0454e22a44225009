"""From a log's bytes to its lines: cut, bounded, decoded, dated, redacted. No I/O."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.model.line_redaction import LineRedactor
from bot.model.logs import LogLine, LogSource

LINE_BYTES = 16 * 1024
"""Of a longer line the beginning is kept: nobody reads more of one line, and 2 MB lines exist."""
CUT = " ‹line cut›"


class LogLines:
    """Takes chunks as they come and gives the lines that they complete; a long line never stays in memory whole."""

    def __init__(self) -> None:
        """Begin a log."""
        self._begun = bytearray()
        self._dropped = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Give the lines that *chunk* completes."""
        *complete, rest = chunk.split(b"\n")
        for part in complete:
            self._add(part)
            yield self._ended()
        self._add(rest)

    def end(self) -> Iterator[bytes]:
        """Give what is left without a newline."""
        if self._begun:
            yield self._ended()

    def _add(self, part: bytes) -> None:
        room = LINE_BYTES - len(self._begun)
        self._begun += part[:room]
        self._dropped |= len(part) > room

    def _ended(self) -> bytes:
        line = bytes(self._begun) + (CUT.encode() if self._dropped else b"")
        self._begun.clear()
        self._dropped = False
        return line


class Newest:
    """Keeps the newest lines that fit into so many bytes."""

    def __init__(self, size_bytes: int) -> None:
        """Keep nothing yet."""
        self._lines: deque[bytes] = deque()
        self._room = size_bytes
        self.is_cut = False

    def add(self, line: bytes) -> None:
        """Keep *line*, and let go of older ones for it."""
        self._lines.append(line)
        self._room -= len(line)
        while self._room < 0:
            self._room += len(self._lines.popleft())
            self.is_cut = True

    def add_all(self, lines: Iterable[bytes]) -> None:
        """Keep each of *lines*."""
        for line in lines:
            self.add(line)

    def __iter__(self) -> Iterator[bytes]:
        """Give the lines, oldest first."""
        return iter(self._lines)


def dated(source: LogSource, lines: Iterable[bytes], redactor: LineRedactor) -> Iterator[LogLine]:
    """Read lines that the server has dated (`timestamps=true`), without their secrets."""
    for raw in lines:
        stamp, _, rest = raw.partition(b" ")
        at = parse_time(stamp)
        text = redactor.redact((rest if at else raw).decode(errors="replace").rstrip("\r"))
        if text is not None:
            yield LogLine(source, at, text)


def parse_time(stamp: bytes) -> datetime | None:
    """Read `2026-11-23T13:44:06.123456789Z`; digits past microseconds are dropped. None for anything else."""
    try:
        at = datetime.fromisoformat(stamp.decode("ascii"))
    except ValueError:
        return None
    return at if at.tzinfo else None
