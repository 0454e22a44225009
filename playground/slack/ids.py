"""Ids as Slack shapes them, in the order of their making, so that a run can be told again."""

from collections import Counter

from playground.slack.clock import Clock

MICROSECONDS = 1_000_000


class Ids:
    """Makes ids that are unique within one workspace and message timestamps that only ever rise."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made: Counter[str] = Counter()
        self._last_ts = 0

    def make(self, prefix: str) -> str:
        """An id such as V0000000007: the prefix and ten characters."""
        self._made[prefix] += 1
        return f"{prefix}{self._made[prefix]:010d}"

    def ts(self) -> str:
        """A message timestamp: a string, never a float, unique in the whole workspace."""
        now = int(self._clock.now() * MICROSECONDS)
        self._last_ts = max(now, self._last_ts + 1)
        return f"{self._last_ts // MICROSECONDS}.{self._last_ts % MICROSECONDS:06d}"

    def hash(self) -> str:
        self._made["hash"] += 1
        return f"{int(self._clock.now())}.{self._made['hash']:08x}"

    def state(self) -> dict[str, int]:
        """How far the counting is, for a snapshot."""
        return {**self._made, "ts": self._last_ts}

    def go_on(self, state: dict[str, int]) -> None:
        """Go on where a snapshot stopped, so that no id is made twice."""
        self._made = Counter({prefix: count for prefix, count in state.items() if prefix != "ts"})
        self._last_ts = state["ts"]
