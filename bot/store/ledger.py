"""The ledger on PostgreSQL: inbox, outbox, operations, incidents, live answers, favourites, audit behind one port."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import Fenced
from bot.store import inbox, outbox
from bot.store.audit import PostgresAudit
from bot.store.database import opened
from bot.store.favourites import PostgresFavourites
from bot.store.inbox import PostgresInbox
from bot.store.incidents import PostgresIncidents
from bot.store.live import PostgresLive
from bot.store.operations import PostgresOperations
from bot.store.outbox import PostgresOutbox
from bot.store.transaction import PostgresTransaction
from bot.store.wakeups import Topic, Wakeups

LEASE = timedelta(seconds=30)
"""Three missed heartbeats; what a process cut off from the network held waits that long."""


@dataclass(frozen=True)
class PostgresLedger(
    PostgresInbox,
    PostgresOutbox,
    PostgresOperations,
    PostgresIncidents,
    PostgresLive,
    PostgresFavourites,
    PostgresAudit,
):
    """The Ledger of the port. `wakeups.run` belongs into the process's task group."""

    lease: timedelta = LEASE

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresTransaction]:
        """Begin; commit at the end of the block, roll back on any exception (raises Unreachable)."""
        finished: list[str] = []
        try:
            async with self.database.connection() as connection, connection.transaction():
                tx = PostgresTransaction(connection, self.owner, self.lease, finished=finished)
                yield tx
                await tx.seal()
        except Fenced:
            self.deeds.keys.difference_update(finished)
            raise
        self.deeds.keys.difference_update(finished)  # after any other failure whoever holds the deed tries again

    async def wait_news(self, timeout_s: float) -> None:
        """Return when an operation or an incident may have moved, at the latest after *timeout_s*."""
        await self.wakeups.wait(Topic.OPERATION, Topic.INCIDENT, within_s=timeout_s)

    async def purge(self) -> None:
        """Delete what was handled so long ago that Slack repeats it no more; never the audit or an operation."""
        await self.database.execute(inbox.SQL["purge"], inbox.KEPT)
        await self.database.execute(outbox.SQL["purge"], outbox.KEPT)
        await self.database.execute(outbox.SQL["purge_buttons"], outbox.BUTTONS_KEPT)


@asynccontextmanager
async def opened_ledger(dsn: str, *, lease: timedelta = LEASE) -> AsyncIterator[PostgresLedger]:
    """Hold a ledger on the migrated database *dsn* while the block runs. Connects when first used."""
    owner = secrets.token_hex(8)
    async with opened(dsn, name=f"saas-bot {owner}") as database:
        yield PostgresLedger(database, Wakeups(dsn, f"saas-bot {owner}"), owner, lease)
