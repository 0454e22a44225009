"""Backlog: what waits to be brought to Slack, and how people are told when it waits for long."""

from dataclasses import dataclass
from datetime import timedelta

from bot.model.counting import counted
from bot.model.durations import spoken

LATE = timedelta(seconds=30)
"""What one burst leaves behind is sent by then; whoever waits for longer thinks that he was not heard."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """One look at the outbox."""

    due: int
    oldest_s: float
    why: str = ""
    """What kept the oldest of those that were tried in vain; empty: none was."""
    next_s: float = 0.0
    """Until that one is tried again."""

    @property
    def trouble(self) -> str:
        """In one line, when messages wait for long; else empty."""
        oldest = timedelta(seconds=self.oldest_s)
        if not self.due or oldest < LATE:
            return ""
        waiting = f"{counted(self.due, 'message')} {'waits' if self.due == 1 else 'wait'} to be sent"
        again = f" {self.why} It is tried again in {spoken(timedelta(seconds=self.next_s))}." if self.why else ""
        return f"{waiting}, the oldest for {spoken(oldest)}.{again}"
