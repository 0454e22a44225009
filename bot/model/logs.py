"""Log lines of containers, and what to read of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class LogSource:
    """One container of a pod; empty: its only one."""

    pod: str
    container: str = ""

    def __str__(self) -> str:
        """`worker-7c9-x2x/app`, as lines of several containers are marked."""
        return f"{self.pod}/{self.container}" if self.container else self.pod


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line; secrets are redacted already, control characters are not."""

    source: LogSource
    at: datetime | None
    text: str


@dataclass(frozen=True, kw_only=True)
class LogQuery:
    """Which lines of which containers."""

    namespace: str
    sources: tuple[LogSource, ...]
    tail: int | None = None
    """So many of the newest lines of each container; None: all, as far as they fit."""
    since: timedelta | None = None
    previous: bool = False
    """Of the container before its last restart."""


@dataclass(frozen=True, kw_only=True)
class LogRead:
    """What was read."""

    lines: tuple[LogLine, ...] = ()
    """Oldest first, over all containers."""
    is_cut: bool = False
    """Whether there was more than fits: the newest lines are here, older ones are not."""
    failures: tuple[tuple[LogSource, str], ...] = ()
    """Containers that could not be read, with the reason in a sentence."""
