"""Connections to PostgreSQL: a pool with time limits that survives the server's restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from bot.store.failures import translated

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
Row = asyncpg.Record

CONNECT_TIMEOUT_S = 5.0
"""A local server answers in milliseconds; past this it is down or unreachable."""
STATEMENT_TIMEOUT_S = 10.0
"""Our statements take milliseconds; a longer one waits for a lock that somebody forgot."""
IDLE_S = 300.0
"""Firewalls forget a silent connection; an older one is opened anew."""


@dataclass(frozen=True)
class Database:
    """An open pool. Every failure of the server is Unreachable; the next call tries anew."""

    dsn: str = field(repr=False)
    pool: "asyncpg.Pool[asyncpg.Record]"

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection (raises Unreachable, Conflict, Rejected)."""
        with translated():
            async with self.pool.acquire(timeout=CONNECT_TIMEOUT_S) as connection:
                yield connection

    async def execute(self, statement: str, *arguments: Any) -> str:
        """Run one statement; give its command tag."""
        async with self.connection() as connection:
            return await connection.execute(statement, *arguments)

    async def row(self, statement: str, *arguments: Any) -> Row | None:
        """Give the first row."""
        async with self.connection() as connection:
            return await connection.fetchrow(statement, *arguments)

    async def rows(self, statement: str, *arguments: Any) -> list[Row]:
        """Give all rows."""
        async with self.connection() as connection:
            return await connection.fetch(statement, *arguments)

    async def value(self, statement: str, *arguments: Any) -> Any:
        """Give the first column of the first row."""
        async with self.connection() as connection:
            return await connection.fetchval(statement, *arguments)


@asynccontextmanager
async def opened(dsn: str, *, name: str, connections: int = 10) -> AsyncIterator[Database]:
    """Hold a pool of up to *connections*, each under *name*, while the block runs. Connects when first used."""
    with translated():
        pool = await asyncpg.create_pool(
            dsn,
            min_size=0,
            max_size=connections,
            timeout=CONNECT_TIMEOUT_S,
            command_timeout=STATEMENT_TIMEOUT_S,
            max_inactive_connection_lifetime=IDLE_S,
            server_settings={"application_name": name},
        )
    try:
        yield Database(dsn, pool)
    finally:
        pool.terminate()
