"""Time for the practice cluster: the wall clock, with delays that run faster when asked to."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """Tells the time and calls back later; tests hand in one that they turn themselves."""

    def now(self) -> datetime: ...

    def later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        """Call back after *delay_s* seconds of cluster time."""
        ...

    def elapsed_s(self, since: datetime) -> float:
        """Cluster seconds since a moment that `now` gave."""
        ...

    async def sleep(self, delay_s: float) -> None:
        """Wait *delay_s* seconds of cluster time."""
        ...


class WallClock:
    """The real time. At *speed* N every delay takes an Nth of its length; timestamps stay true."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def now(self) -> datetime:
        return datetime.now(UTC)

    def later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(delay_s / self.speed, call)

    def elapsed_s(self, since: datetime) -> float:
        return (self.now() - since).total_seconds() * self.speed

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s / self.speed)


def stamp(moment: datetime) -> str:
    """Format as Kubernetes' Time: whole seconds, UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_stamp(moment: datetime) -> str:
    """Format as Kubernetes' MicroTime (Leases, eventTime)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(text: str) -> datetime:
    """Read a Time or MicroTime."""
    return datetime.fromisoformat(text)
