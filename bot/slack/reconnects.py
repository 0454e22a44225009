"""Reconnects as they are counted: by reason since the start, and how many in the last minute."""

from collections import Counter, deque
from datetime import datetime, timedelta

from bot.slack.connection import Ending

MINUTE = timedelta(minutes=1)


class Reconnects:
    """A count that is added to and looked at."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.by_reason: Counter[str] = Counter()
        self._recent: deque[datetime] = deque(maxlen=1000)

    def add(self, reason: Ending, now: datetime) -> None:
        """Count one."""
        self.by_reason[reason.value] += 1
        self._recent.append(now)

    def per_minute(self, now: datetime) -> int:
        """How many in the minute before *now*."""
        while self._recent and self._recent[0] < now - MINUTE:
            self._recent.popleft()
        return len(self._recent)
