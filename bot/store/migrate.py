"""Migrations: numbered SQL files, applied once each, in order, by one process at a time."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TypeAlias

import asyncpg

from bot.errors import Rejected
from bot.store.database import CONNECT_TIMEOUT_S
from bot.store.failures import translated

LOCK = 7233000
"""Any number that nobody else in this database uses."""
TABLE = """
CREATE TABLE schema_migration (
    number int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
)"""
OLDEST_SERVER = 15
"""CI runs on 15 and on the newest."""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@dataclass(frozen=True)
class Migration:
    """One step of the schema."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 over the file."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def known() -> list[Migration]:
    """Read every migration that this version of the bot has, in order."""
    files = [
        file for file in resources.files("bot.store").joinpath("migrations").iterdir() if file.name.endswith(".sql")
    ]
    parts = [(file.name.removesuffix(".sql").partition("_"), file.read_text()) for file in files]
    return sorted((Migration(int(number), name, sql) for (number, _, name), sql in parts), key=lambda m: m.number)


async def migrate(dsn: str) -> list[str]:
    """Bring the database up to date; give the names of what was applied (raises Unreachable, Rejected)."""
    with translated():
        connection: Connection = await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_S)
        try:
            if connection.get_server_version().major < OLDEST_SERVER:
                raise Rejected(f"PostgreSQL {OLDEST_SERVER} or newer is needed.")
            await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
            return await advance(connection, known())
        finally:
            await connection.close(timeout=CONNECT_TIMEOUT_S)  # and with it the lock


async def advance(connection: Connection, migrations: Sequence[Migration]) -> list[str]:
    """Apply what is not applied yet (raises Rejected when the database is not one that these lead to)."""
    if await connection.fetchval("SELECT to_regclass('schema_migration')") is None:
        await connection.execute(TABLE)
    rows = await connection.fetch("SELECT number, checksum FROM schema_migration ORDER BY number")
    applied = {row["number"]: row["checksum"] for row in rows}
    require_same(applied, {migration.number: migration.checksum for migration in migrations})
    missing = [migration for migration in migrations if migration.number not in applied]
    for migration in missing:
        async with connection.transaction():
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)",
                migration.number, migration.name, migration.checksum,
            )  # fmt: skip
    return [migration.name for migration in missing]


def require_same(applied: Mapping[int, str], ours: Mapping[int, str]) -> None:
    """Refuse a database that a newer or another version of the bot has prepared (raises Rejected)."""
    if newer := applied.keys() - ours.keys():
        raise Rejected(
            f"The database is at version {max(newer)}, this bot knows only up to {max(ours)}. Nothing was changed.",
            hint="Start a newer version of the bot.",
        )
    for number, checksum in applied.items():
        if checksum != ours[number]:
            raise Rejected(
                f"Migration {number} is not the one that this database was prepared with. Nothing was changed.",
                hint="Start the version of the bot that prepared it, or restore the file.",
            )
