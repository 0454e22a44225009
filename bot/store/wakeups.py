"""The bell: LISTEN for what other connections and replicas have stored. A missed ring costs time, never a row."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import asyncpg

from bot.errors import UpstreamError
from bot.store.database import CONNECT_TIMEOUT_S
from bot.store.failures import translated

CHANNEL = "saas_bot"
CHECK_EVERY_S = 15.0
"""A half-open connection is silent for ever; asking finds out."""
RETRY_S = 1.0
"""The database is back, or it is asked again; meanwhile the waits end by their time."""

log = logging.getLogger(__name__)

Listening: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Topic(StrEnum):
    """What may have something new."""

    INBOX = "inbox"
    OUTBOX = "outbox"
    OPERATION = "operation"
    INCIDENT = "incident"


@dataclass
class Bell:
    """One topic's rings. Each task hears every ring that came since its own last wait ended, so none falls between
    looking at the database and waiting for it.
    """

    rings: int = 0
    heard: WeakKeyDictionary["asyncio.Task[Any] | None", int] = field(default_factory=WeakKeyDictionary)

    @property
    def is_news(self) -> bool:
        """Whether this task has not heard the last ring."""
        return self.heard.get(asyncio.current_task(), 0) != self.rings

    def hear(self) -> None:
        """Take that this task looks at the database now."""
        self.heard[asyncio.current_task()] = self.rings


async def happens(event: asyncio.Event, *, within_s: float) -> bool:
    """Wait for *event*; say whether it came in time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            return await event.wait()
    return False


def bells() -> dict[Topic, Bell]:
    """One for each topic."""
    return {topic: Bell() for topic in Topic}


@dataclass
class Wakeups:
    """Waits that end early when the database rings; without `run`, or while it reconnects, by their timeout."""

    dsn: str
    name: str
    """Of the connection."""
    bells: dict[Topic, Bell] = field(default_factory=bells)
    retry_s: float = RETRY_S
    rung: asyncio.Event = field(default_factory=asyncio.Event)
    """Whatever rings next; all who wait look whether it was for them, which costs less than a bell for each."""

    async def wait(self, *topics: Topic, within_s: float) -> None:
        """Return when one of *topics* is rung or was since this task's last wait, at the latest after *within_s*."""
        bells = [self.bells[topic] for topic in topics]
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not any(bell.is_news for bell in bells):
                    await self.rung.wait()
        for bell in bells:
            bell.hear()

    def ring(self, *topics: Topic) -> None:
        """End the waits for *topics*."""
        for topic in topics:
            self.bells[topic].rings += 1
        self.rung.set()
        self.rung = asyncio.Event()

    async def run(self) -> None:
        """Listen for ever; connect anew whenever the connection is lost."""
        while True:
            try:
                await self.listen()
            except UpstreamError:
                log.warning("The database does not ring; looking every few seconds instead.")
            await asyncio.sleep(self.retry_s)

    async def listen(self) -> None:
        """Listen on one connection until it is lost (may raise UpstreamError)."""
        with translated():
            connection: Listening = await asyncpg.connect(
                self.dsn, timeout=CONNECT_TIMEOUT_S, server_settings={"application_name": self.name}
            )
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            try:
                await connection.add_listener(CHANNEL, self.heard)
                self.ring(*Topic)  # for whatever was stored while nobody listened
                while not await happens(lost, within_s=CHECK_EVERY_S):
                    await connection.execute("SELECT 1", timeout=CONNECT_TIMEOUT_S)
            finally:
                connection.terminate()

    def heard(self, connection: object, pid: int, channel: str, payload: object) -> None:
        """Pass a notification on."""
        with suppress(ValueError):  # of a newer version: a topic that we do not know
            self.ring(Topic(str(payload)))
