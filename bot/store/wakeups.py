"""The bell: LISTEN for what other connections and replicas have stored. A missed ring costs time, never a row."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import asyncpg

from bot.errors import Unreachable
from bot.store.failures import translated

CHANNEL = "saas_bot"
CHECK_EVERY_S = 15.0  # a half-open connection is silent for ever; asking finds out
CONNECT_TIMEOUT_S = 5.0
RETRY_S = 1.0

log = logging.getLogger(__name__)

Listening: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Topic(StrEnum):
    """What may have something new."""

    INBOX = "inbox"
    OUTBOX = "outbox"
    OPERATION = "operation"


def silent() -> dict[Topic, asyncio.Event]:
    return {topic: asyncio.Event() for topic in Topic}


@dataclass
class Wakeups:
    """Waits that end early when the database rings; without `run`, or while it reconnects, by their timeout."""

    dsn: str
    rung: dict[Topic, asyncio.Event] = field(default_factory=silent)

    async def wait(self, topic: Topic, timeout_s: float) -> None:
        """Return when *topic* was rung, at the latest after *timeout_s*."""
        event = self.rung[topic]
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await event.wait()

    def ring(self, topic: Topic) -> None:
        """End everybody's wait for *topic* now; who waits later waits for the next ring."""
        self.rung[topic].set()
        self.rung[topic] = asyncio.Event()

    async def run(self) -> None:
        """Listen for ever; connect anew whenever the connection is lost."""
        while True:
            try:
                await self.listen()
            except Unreachable:
                log.warning("The database does not ring; looking every few seconds instead.")
            await asyncio.sleep(RETRY_S)

    async def listen(self) -> None:
        """Listen on one connection until it is lost (raises Unreachable)."""
        with translated():
            connection: Listening = await asyncpg.connect(self.dsn, timeout=CONNECT_TIMEOUT_S)
            try:
                await connection.add_listener(CHANNEL, self.heard)
                for topic in Topic:  # whatever was stored while nobody listened
                    self.ring(topic)
                while True:
                    await asyncio.sleep(CHECK_EVERY_S)
                    await connection.execute("SELECT 1", timeout=CONNECT_TIMEOUT_S)
            finally:
                connection.terminate()

    def heard(self, connection: object, pid: int, channel: str, payload: object) -> None:
        """Pass a notification on."""
        with suppress(ValueError):  # of a newer version: a topic that we do not know
            self.ring(Topic(str(payload)))
