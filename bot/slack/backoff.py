"""How long to wait before the next try."""

from collections.abc import Callable

FIRST_S = 1.0
LONGEST_S = 60.0
"""The first wait and the longest: a hiccup is over in a second, and a minute is soon enough after an outage."""

DATABASE_LONGEST_S = 2.0
"""The same for our own database: once it is back, whoever asks waits for the rest of the pause."""

Random = Callable[[], float]
"""A number from 0 up to 1; handed in, so that tests know it."""


def full_jitter(attempt: int, random: Random, *, first_s: float = FIRST_S, longest_s: float = LONGEST_S) -> float:
    """Seconds to wait after failure number *attempt* (from 0): anything up to a bound that doubles."""
    return random() * min(longest_s, first_s * 2.0 ** min(attempt, 16))
