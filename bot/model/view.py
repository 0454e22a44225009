"""View: how much of a cluster the watchers see, as whoever watches it said last."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

STALE = timedelta(minutes=3)
"""It is said each 5 s; an outage of the database shorter than that is no news."""


class Stream(msgspec.Struct, frozen=True):
    """How one kind is followed, in all namespaces or in one."""

    name: str
    """As in complaints: "pods", "jobs -n shop"."""
    since: datetime
    """When it was followed first; the counts are from then on."""
    heard_at: datetime
    """Last byte."""
    event_at: datetime | None = None
    """Last change that was told; None: none since then."""
    reconnects: Mapping[str, int] = {}
    """How often the stream ended, by reason."""
    trouble: str = ""
    """Why it does not work now; empty while it does."""


class View(msgspec.Struct, frozen=True):
    """One word of whoever watches."""

    at: datetime
    complaints: tuple[str, ...] = ()
    """What is wrong, a sentence each: a kind that may not be seen, or that nothing is heard of."""
    streams: tuple[Stream, ...] = ()

    @property
    def extent(self) -> tuple[tuple[str, ...], tuple[tuple[str, bool], ...]]:
        """What is seen, what is not, and where nothing came yet: said at once when it changes, as bytes are not."""
        return self.complaints, tuple((one.name, one.event_at is None) for one in self.streams)
