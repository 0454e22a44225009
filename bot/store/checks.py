"""What `bot doctor` asks of PostgreSQL and Redis: whether they take us in, their versions, what is not prepared yet."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError

from bot.errors import BadArguments, Rejected, Unreachable
from bot.store.database import CONNECT_TIMEOUT_S
from bot.store.failures import translated
from bot.store.migrate import Connection, known, require_same


@dataclass(frozen=True)
class DatabaseState:
    """How far a database is from what this version of the bot needs."""

    version: str
    applied: int
    """Migrations that are there."""
    missing: tuple[str, ...]
    """Names of those that are not."""


async def look_at_database(dsn: str) -> DatabaseState:
    """Log in and look; nothing is changed. Raises BadArguments, Rejected, Unreachable."""
    with translated(), _login_explained():
        connection: Connection = await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_S)
        try:
            return await _state(connection)
        finally:
            await connection.close(timeout=CONNECT_TIMEOUT_S)


async def _state(connection: Connection) -> DatabaseState:
    applied: dict[int, str] = {}
    if await connection.fetchval("SELECT to_regclass('schema_migration')") is not None:
        rows = await connection.fetch("SELECT number, checksum FROM schema_migration")
        applied = {row["number"]: row["checksum"] for row in rows}
    ours = known()
    require_same(applied, {migration.number: migration.checksum for migration in ours})
    missing = tuple(migration.name for migration in ours if migration.number not in applied)
    return DatabaseState(await connection.fetchval("SHOW server_version"), len(applied), missing)


@contextmanager
def _login_explained() -> Iterator[None]:
    """Tell what is wrong with DATABASE_URL from what is wrong with the server; the address is not repeated."""
    try:
        yield
    except asyncpg.ClientConfigurationError:
        raise BadArguments("DATABASE_URL is no address of a PostgreSQL database.") from None
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise Rejected("PostgreSQL refuses the user or password in DATABASE_URL.") from error
    except asyncpg.InvalidCatalogNameError as error:
        raise Rejected("The database that DATABASE_URL names does not exist.") from error


async def look_at_redis(url: str) -> str:
    """Log in and give the version. Raises BadArguments, Rejected, Unreachable."""
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S), Redis.from_url(url) as redis:
            told = await redis.info("server")
    except ValueError:
        raise BadArguments("REDIS_URL is no address of a Redis or Valkey.") from None
    except AuthenticationError as error:
        raise Rejected("Redis refuses the user or password in REDIS_URL.") from error
    except (RedisError, OSError, TimeoutError) as error:
        raise Unreachable("Redis does not answer.") from error
    return str(told["redis_version"])
