"""How long the last acks took, whichever way they left."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from bot.slack.health import AckLatency

SAMPLES = 1000
"""The last ones; a p99 of fewer than a hundred would be one slow ack."""


class AckTimes:
    """A window over the last thousand."""

    def __init__(self) -> None:
        """Nothing was acked yet."""
        self._took_s: deque[float] = deque(maxlen=SAMPLES)
        self._count = 0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Count the block as one ack."""
        started = time.monotonic()
        try:
            yield
        finally:
            self._took_s.append(time.monotonic() - started)
            self._count += 1

    def latency(self) -> AckLatency:
        """Over the last thousand."""
        ordered = sorted(self._took_s)
        if not ordered:
            return AckLatency()
        return AckLatency(
            count=self._count,
            p50_ms=ordered[len(ordered) // 2] * 1000,
            p99_ms=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000,
        )
