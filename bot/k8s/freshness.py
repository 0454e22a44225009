"""How fresh a reflector's view is: what the health check and `status` tell of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model.view import Stream

SILENT_S = 180.0
"""Bookmarks come about every 60 s and a silent stream is cut after 70 s: after two of these something is wrong."""
SYNC_S = 300.0
"""Reading even 100,000 objects takes a tenth of that."""


@dataclass
class Freshness:
    """Times are those of *clock*, in seconds, which only runs forward."""

    name: str
    """What is watched: "pods", "jobs -n shop"."""
    clock: Callable[[], float]
    since: float = 0.0
    """When it was followed first."""
    begun_at: float = 0.0
    """When everything was read last, or is being read since."""
    synced_at: float | None = None
    """When that was complete; None: it is not."""
    heard_at: float = 0.0
    """Last byte."""
    events: int = 0
    """Events and bookmarks taken."""
    changes: int = 0
    """Those of them that told of an object's change."""
    changed_at: float | None = None
    """When such came last; None: never."""
    tracked: int = 0
    undecodable: int = 0
    faults_of_sink: int = 0
    reconnects: Counter[str] = field(default_factory=Counter)
    """How often the stream ended, by reason."""
    trouble: str = ""
    """Why it does not work at the moment; empty while it does."""
    forbidden: str = ""
    """Which rule the bot lacks to see this at all; empty while it may."""
    _changes_heard: int = 0

    def __post_init__(self) -> None:
        """Begin now."""
        self.since = self.begun_at = self.heard_at = self.clock()

    def begun(self) -> None:
        """Note that everything is being read."""
        self.synced_at = None
        self.begun_at = self.clock()

    def completed(self, tracked: int) -> None:
        """Note that everything was read."""
        self.synced_at = self.clock()
        self.tracked = tracked

    def opened(self) -> None:
        """Note that a stream was opened; a quiet one says nothing for a minute, and one that is broken never does."""
        self.trouble = self.forbidden = ""

    def heard(self, events: int) -> None:
        """Note that bytes came, and with them so many events."""
        self.heard_at = self.clock()
        self.events += events
        if self.changes != self._changes_heard:
            self._changes_heard, self.changed_at = self.changes, self.heard_at
        self.trouble = self.forbidden = ""

    def hides(self, namespace: str) -> bool:
        """Whether what is in *namespace* may not be seen now: one is watched, or all."""
        del namespace
        return bool(self.forbidden)

    def streams(self, now: datetime) -> tuple[Stream, ...]:
        """Tell it for another process, by the clock on the wall, which says *now*."""
        since, heard_at = (now - timedelta(seconds=self.clock() - then) for then in (self.since, self.heard_at))
        event_at = None if self.changed_at is None else heard_at - timedelta(seconds=self.heard_at - self.changed_at)
        return (Stream(self.name, since, heard_at, event_at, dict(self.reconnects), self.forbidden or self.trouble),)

    @property
    def complaint(self) -> str:
        """What is wrong, in a sentence; empty while the view can be trusted."""
        if self.forbidden:
            return f"{self.name} are not watched. {self.forbidden}"
        now = self.clock()
        because = f": {self.trouble}" if self.trouble else ""
        if self.synced_at is None and now - self.begun_at > SYNC_S:
            return f"{self.name} are not all seen after {now - self.begun_at:.0f} s{because}."
        if now - self.heard_at > SILENT_S:
            return f"Nothing was heard of {self.name} for {now - self.heard_at:.0f} s{because}."
        return ""
