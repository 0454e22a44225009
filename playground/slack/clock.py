"""Time in the practice Slack: real time, scaled and turned by hand; sleepers wake when it is turned."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any


class Clock:
    """Seconds since the epoch that can run faster (scale 60), stand still (scale 0) and be turned forward."""

    def __init__(self, *, scale: float = 1.0, start: float | None = None) -> None:
        self._base = time.time() if start is None else start
        self._since = time.monotonic()
        self._scale = scale
        self._turned = asyncio.Event()

    @property
    def scale(self) -> float:
        return self._scale

    def now(self) -> float:
        return self._base + (time.monotonic() - self._since) * self._scale

    def turn(self, seconds: float) -> None:
        """Jump by *seconds* and wake every sleeper whose time has come."""
        self._base += seconds
        self._wake()

    def rescale(self, scale: float) -> None:
        self._base, self._since, self._scale = self.now(), time.monotonic(), scale
        self._wake()

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Wait until *seconds* have passed on this clock, counted from this call and not from the first await."""
        return self.sleep_until(self.now() + seconds)

    async def sleep_until(self, deadline: float) -> None:
        while (left := deadline - self.now()) > 0:
            turned = self._turned
            timeout = left / self._scale if self._scale > 0 else None
            try:
                # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the turn.
                async with asyncio.timeout(timeout):
                    await turned.wait()
            except TimeoutError:
                continue

    def _wake(self) -> None:
        self._turned.set()
        self._turned = asyncio.Event()
