"""A practice cluster on a clock that the test turns: everything that happens, happens at once and in order."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from playground.cluster import PracticeCluster
from playground.cluster.clock import Timer
from playground.cluster.kobject import Object
from playground.cluster.world.loader import bare

START = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


class TurnedClock:
    """Stands still until the test turns it."""

    def __init__(self) -> None:
        self.moment = START
        self._order = count()
        self._timers: list[tuple[datetime, int, _Entry]] = []

    def now(self) -> datetime:
        return self.moment

    def later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        entry = _Entry(call)
        heapq.heappush(self._timers, (self.moment + timedelta(seconds=delay_s), next(self._order), entry))
        return entry

    def elapsed_s(self, since: datetime) -> float:
        return (self.moment - since).total_seconds()

    async def sleep(self, delay_s: float) -> None:
        woken = asyncio.Event()
        self.later(delay_s, woken.set)
        await woken.wait()

    async def turn(self, seconds: float) -> None:
        """Let time pass, and the cluster do what is due on the way."""
        ends = self.moment + timedelta(seconds=seconds)
        await quiet()
        while self._timers and self._timers[0][0] <= ends:
            moment, _, entry = heapq.heappop(self._timers)
            self.moment = max(moment, self.moment)
            entry.ring()
            await quiet()
        self.moment = ends


class _Entry:
    def __init__(self, call: Callable[[], None]) -> None:
        self._call: Callable[[], None] | None = call

    def ring(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            call()

    def cancel(self) -> None:
        self._call = None


async def quiet() -> None:
    """Let everything run that can run now."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def cluster(clock: TurnedClock) -> AsyncIterator[PracticeCluster]:
    async with PracticeCluster(world=bare(), clock=clock, seed=1) as cluster:
        await clock.turn(1)
        yield cluster


def deployment(name: str, replicas: int, image: str = "registry.example/app:1.0", **spec: object) -> Object:
    labels = {"app": name}
    return {
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "app", "image": image}]}},
            **spec,
        },
    }
