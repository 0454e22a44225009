"""The practice Slack's clock as the bot's: both sides live in one time, which tests scale and turn."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from playground.slack.clock import Clock as PracticeClock


class SharedClock:
    """bot.ports.Clock over the practice clock."""

    def __init__(self, practice: PracticeClock) -> None:
        """Tell *practice*'s time."""
        self.practice = practice

    def now(self) -> datetime:
        """As bot.ports.Clock."""
        return datetime.fromtimestamp(self.practice.now(), UTC)

    async def sleep(self, seconds: float) -> None:
        """As bot.ports.Clock."""
        await self.practice.sleep(seconds)


@dataclass(frozen=True)
class AheadClock:
    """The system's time, *by* so much later: what is told after a while is told at once."""

    by: timedelta

    def now(self) -> datetime:
        """As bot.ports.Clock."""
        return datetime.now(UTC) + self.by

    async def sleep(self, seconds: float) -> None:
        """As bot.ports.Clock."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True)
class FastClock:
    """The system's time, running *scale* times as fast from now on."""

    scale: float
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    since: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """As bot.ports.Clock."""
        return self.began + timedelta(seconds=(time.monotonic() - self.since) * self.scale)

    async def sleep(self, seconds: float) -> None:
        """As bot.ports.Clock."""
        await asyncio.sleep(seconds / self.scale)


class HandClock:
    """Time that moves only when somebody sleeps or turns it."""

    def __init__(self, start: datetime = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)) -> None:
        """Begin at *start*."""
        self._now = start.timestamp()

    def now(self) -> datetime:
        """As bot.ports.Clock."""
        return datetime.fromtimestamp(self._now, UTC)

    async def sleep(self, seconds: float) -> None:
        """As bot.ports.Clock: the time passes at once."""
        self.turn(seconds)

    def turn(self, seconds: float) -> None:
        """Let *seconds* pass."""
        self._now += seconds
