"""Leases: who works on an operation, and what he wrote down about its steps. An older epoch writes nothing."""

from collections.abc import Collection
from datetime import timedelta

import msgspec

from bot.errors import Fenced
from bot.model.operation import State
from bot.model.plan import Mark, Progress
from bot.ports_ledger import Lease, StepRecord
from bot.store import operations
from bot.store.database import Connection, Row
from bot.store.repository import uuid
from bot.store.statements import statements
from bot.store.wakeups import Topic

SQL = statements("leases")

FENCED = "Another process has taken over operation {number}."


def step(row: Row) -> StepRecord:
    """Read one row of `operation_step`."""
    intent, progress = row["intent"], row["progress"]
    return StepRecord(
        ordinal=row["ordinal"],
        audit_id=str(row["audit_id"]),
        intent=None if intent is None else msgspec.json.decode(intent, type=Mark),
        is_written=row["is_written"],
        progress=None if progress is None else msgspec.json.decode(progress, type=Progress),
        progressed_at=row["progressed_at"],
    )


async def claim(connection: Connection, states: Collection[State], owner: str, duration: timedelta) -> Lease | None:
    """Take an operation in one of *states* that nobody holds; None when there is none, or it moved on just now."""
    row = await connection.fetchrow(SQL["claim"], [state.value for state in states], owner, duration)
    if row is None:
        return None
    operation = await operations.locked(connection, str(row["operation_id"]))
    if operation.state not in states:
        return None
    return Lease(operation, await steps(connection, operation.id), row["epoch"])


async def steps(connection: Connection, operation_id: str) -> tuple[StepRecord, ...]:
    """Every step's record, in order."""
    return tuple(step(row) for row in await connection.fetch(SQL["steps"], uuid(operation_id)))


async def keep(connection: Connection, lease: Lease, duration: timedelta) -> None:
    """Let *lease* run for *duration* from now, and hold its row until the transaction ends (raises Fenced)."""
    await fenced(connection, lease, SQL["keep"], duration)


async def intend(connection: Connection, lease: Lease, ordinal: int, mark: Mark) -> None:
    """Write down that a write is about to be sent (raises Fenced)."""
    await fenced(connection, lease, SQL["intend"], ordinal, msgspec.json.encode(mark).decode())


async def record_write(connection: Connection, lease: Lease, ordinal: int) -> None:
    """Write down that a write took effect (raises Fenced)."""
    await fenced(connection, lease, SQL["record_write"], ordinal)


async def record_progress(connection: Connection, lease: Lease, ordinal: int, progress: Progress) -> StepRecord:
    """Keep the latest look; only a new phase or count moves `progressed_at` (raises Fenced)."""
    encoded = msgspec.json.encode(progress).decode()
    measure = f"{progress.phase} {progress.ready} of {progress.wanted}"
    return step(await fenced(connection, lease, SQL["record_progress"], ordinal, encoded, measure))


async def release(connection: Connection, lease: Lease, after: timedelta) -> None:
    """Let go; nobody claims it before *after* has passed (raises Fenced)."""
    await fenced(connection, lease, SQL["keep"], after)
    await connection.execute(operations.SQL["notify"], Topic.OPERATION)


async def fenced(connection: Connection, lease: Lease, statement: str, *arguments: object) -> Row:
    """Run a statement that holds for this epoch only (raises Fenced)."""
    row = await connection.fetchrow(statement, uuid(lease.operation.id), lease.epoch, *arguments)
    if row is None:
        raise Fenced(FENCED.format(number=lease.operation.number))
    return row
