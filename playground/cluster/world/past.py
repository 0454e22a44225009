"""A clock that starts in the past: a world is built moment by moment until it has caught up with now."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from playground.cluster.clock import Clock, Timer


class PastClock:
    """Stands still until it is moved; after `go_live` it is the live clock that it was made with."""

    def __init__(self, live: Clock) -> None:
        self._live = live
        self._moment: datetime | None = live.now()
        self._order = count()
        self._timers: list[tuple[datetime, int, _PastTimer]] = []

    def now(self) -> datetime:
        return self._moment or self._live.now()

    def later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        if self._moment is None:
            return self._live.later(delay_s, call)
        timer = _PastTimer(call)
        heapq.heappush(self._timers, (self._moment + timedelta(seconds=delay_s), next(self._order), timer))
        return timer

    def elapsed_s(self, since: datetime) -> float:
        return (self._moment - since).total_seconds() if self._moment is not None else self._live.elapsed_s(since)

    async def sleep(self, delay_s: float) -> None:
        await self._live.sleep(delay_s)

    def start_at(self, moment: datetime) -> None:
        self._moment = moment

    def leap(self, moment: datetime) -> None:
        """Go to a moment at once; what should have rung meanwhile rings then."""
        self._moment = moment
        while self._timers and self._timers[0][0] <= moment:
            heapq.heappop(self._timers)[2].ring()

    def walk(self, seconds: float, work: Callable[[], None]) -> None:
        """Go on in order of the timers, working after each."""
        ends = self.now() + timedelta(seconds=seconds)
        work()
        while self._timers and self._timers[0][0] <= ends:
            moment, _, timer = heapq.heappop(self._timers)
            self._moment = max(moment, self.now())
            timer.ring()
            work()
        self._moment = ends

    def go_live(self) -> None:
        """Hand over to the live clock, with the timers that are left."""
        now = self.now()
        self._moment = None
        for moment, _, timer in sorted(self._timers, key=lambda entry: entry[:2]):
            if not timer.is_over:
                timer.move_to(self._live.later(max(0.0, (moment - now).total_seconds()), timer.ring))
        self._timers.clear()


class _PastTimer:
    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._live: Timer | None = None
        self.is_over = False

    def ring(self) -> None:
        if not self.is_over:
            self.is_over = True
            self._call()

    def move_to(self, live: Timer) -> None:
        self._live = live

    def cancel(self) -> None:
        self.is_over = True
        if self._live is not None:
            self._live.cancel()
