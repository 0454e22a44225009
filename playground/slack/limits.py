"""Slack's rate limits: a tier per method for the whole workspace, and a message a second per channel."""

import math
from dataclasses import dataclass
from enum import Enum

from playground.slack.clock import Clock


class Tier(Enum):
    """Calls per minute (docs "Rate limits"); the special ones as measured or reported."""

    T1 = 1
    T2 = 20
    T3 = 50
    T4 = 100
    POSTING = 300
    SPECIAL = 600


# docs chat.postMessage: one a second per channel, "short bursts" allowed; ten is what such a burst gets away with.
POSTS_PER_CHANNEL = 10
POSTS_PER_SECOND = 1.0


@dataclass(slots=True)
class Bucket:
    capacity: float
    per_second: float
    level: float
    filled: float

    def refill(self, now: float) -> None:
        self.level = min(self.capacity, self.level + max(0.0, now - self.filled) * self.per_second)
        self.filled = now

    def wait(self) -> int:
        """Whole seconds until there is room for one more; 0 when there is."""
        return 0 if self.level >= 1 else max(1, math.ceil((1 - self.level) / self.per_second))


class Limits:
    """Counts calls on the practice clock; a call that is refused does not count."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def admit(self, method: str, tier: Tier, *, channel: str | None = None) -> int:
        """Count one call of *method*; seconds for Retry-After when there is no room, else 0."""
        buckets = [self._bucket(method, tier.value, tier.value / 60)]
        if tier is Tier.POSTING and channel is not None:
            buckets.append(self._bucket(f"{method} {channel}", POSTS_PER_CHANNEL, POSTS_PER_SECOND))
        wait = max(bucket.wait() for bucket in buckets)
        if wait == 0:
            for bucket in buckets:
                bucket.level -= 1
        return wait

    def meters(self) -> dict[str, float]:
        """How much of each budget is used up, between 0 and 1, for those in use."""
        for bucket in self._buckets.values():
            bucket.refill(self._clock.now())
        used = {name: 1 - bucket.level / bucket.capacity for name, bucket in self._buckets.items()}
        return {name: round(share, 3) for name, share in used.items() if share > 0}

    def exhaust(self, method: str, tier: Tier) -> None:
        """Use up the whole budget of a method at once."""
        self._bucket(method, tier.value, tier.value / 60).level = 0.0

    def _bucket(self, name: str, capacity: float, per_second: float) -> Bucket:
        now = self._clock.now()
        bucket = self._buckets.setdefault(name, Bucket(capacity, per_second, capacity, now))
        bucket.refill(now)
        return bucket
