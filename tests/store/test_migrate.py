"""Migrations: applied once, by one process, and never onto a database that is not ours."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from bot.errors import Rejected, Unreachable
from bot.model.operation import EDGES, OPEN, State
from bot.store import migrate
from bot.store.migrate import advance, known


async def test_applies_everything_once(postgres_dsn: str) -> None:
    assert await migrate(postgres_dsn) == [migration.name for migration in known()]
    assert await migrate(postgres_dsn) == []


async def test_two_replicas_that_start_together_migrate_once(postgres_dsn: str) -> None:
    applied = await asyncio.gather(*(migrate(postgres_dsn) for _ in range(4)))
    assert sorted(len(names) for names in applied) == [0, 0, 0, len(known())]


async def test_refuses_a_database_of_a_newer_version(ledger_dsn: str) -> None:
    connection = await asyncpg.connect(ledger_dsn)
    await connection.execute("INSERT INTO schema_migration (number, name, checksum) VALUES (99, 'later', 'x')")
    await connection.close()
    with pytest.raises(Rejected, match="at version 99, this bot knows only up to"):
        await migrate(ledger_dsn)


async def test_refuses_a_database_of_other_migrations(ledger_dsn: str) -> None:
    connection = await asyncpg.connect(ledger_dsn)
    first, *others = known()
    with pytest.raises(Rejected, match="Migration 1 is not the one"):
        await advance(connection, [replace(first, sql="SELECT 2"), *others])
    await connection.close()


async def test_a_failing_migration_leaves_nothing_behind(ledger_dsn: str) -> None:
    connection = await asyncpg.connect(ledger_dsn)
    broken = replace(known()[0], number=50, sql="CREATE TABLE half (a int); SELECT 1 / 0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await advance(connection, [*known(), broken])
    assert await connection.fetchval("SELECT to_regclass('half')") is None
    await connection.close()


async def test_no_database_is_one_clear_error() -> None:
    with pytest.raises(Unreachable, match="The database does not answer"):
        await migrate("postgresql://postgres@/x?host=/nonexistent")


async def test_the_database_knows_the_edges_of_the_model(ledger_dsn: str) -> None:
    connection = await asyncpg.connect(ledger_dsn)
    stored = {(State(row["src"]), State(row["dst"])) for row in await connection.fetch("SELECT * FROM transition")}
    assert stored == {(source, target) for source, targets in EDGES.items() for target in targets}
    open_states = {state for state in State if await connection.fetchval("SELECT is_open($1)", state.value)}
    assert open_states == OPEN
    await connection.close()
