"""View: how much of a cluster the watchers see, as whoever watches it said last."""

from datetime import datetime, timedelta

import msgspec

STALE = timedelta(minutes=3)
"""It is said each minute: after two misses nobody watches."""


class View(msgspec.Struct, frozen=True):
    """One word of whoever watches."""

    at: datetime
    complaints: tuple[str, ...] = ()
    """What is wrong, a sentence each: a kind that may not be seen, or that nothing is heard of."""
