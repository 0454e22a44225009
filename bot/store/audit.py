"""The audit chain: each row's hash covers the row before, so that a change anywhere shows.

hash = sha256(0x01 ‖ hash of the row before ‖ body); body = the stored bytes of {"at", "event", "seq"}. Hashing is ours:
the embedded PostgreSQL has no pgcrypto.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from bot.errors import Conflict
from bot.model.checkpoint import Checkpoint, Signer
from bot.model.event import Event, Noted
from bot.ports_ledger import AuditReport
from bot.store import checkpoints
from bot.store.database import Connection, Row
from bot.store.failures import translated
from bot.store.repository import Repository
from bot.store.statements import statements

SQL = statements("audit")

START = bytes(32)
NO_KEY = Signer()
PAGE = 500
"""Rows fetched at once while walking the chain."""


class Body(msgspec.Struct, frozen=True):
    """What is hashed of a row."""

    seq: int
    at: datetime
    event: Event


class Line(msgspec.Struct, frozen=True):
    """One row of the export: enough to recompute the chain without the database."""

    body: str
    prev_hash: str
    hash: str


def chained(before: bytes, body: bytes) -> bytes:
    """Hash one row."""
    return hashlib.sha256(b"\x01" + before + body).digest()


async def append(connection: Connection, events: Iterable[Event]) -> None:
    """Add *events* at the end, alone: whoever appends next waits for this transaction."""
    await connection.execute(SQL["alone"])
    head = await connection.fetchrow(SQL["head"])
    assert head is not None  # noqa: S101 - the statement always gives one row
    seq, before = head["seq"] or 0, head["hash"] or START
    for event in events:
        seq += 1
        body = msgspec.json.encode(Body(seq, head["now"], event), order="sorted")
        after = chained(before, body)
        await connection.execute(
            SQL["append"], seq, head["now"], event.kind.value, actor(event), *operation_of(event), body, before, after
        )
        before = after


def actor(event: Event) -> str:
    """The subject's user; empty for the bot itself."""
    return event.actor.subject.user if event.actor else ""


def operation_of(event: Event) -> tuple[UUID | None, int | None]:
    """Id and version for their columns; NULL where there is none, or where a stranger's click named nonsense."""
    try:
        return UUID(event.operation), event.version or None
    except ValueError:
        return None, None


class PostgresAudit(Repository):
    """Reads of the chain."""

    async def verify_audit(self, signer: Signer = NO_KEY, told: Sequence[Checkpoint] = ()) -> AuditReport:
        """Recompute the whole chain; compare it with its signed heads, those that were *told*, and the operations."""
        signed = checkpoints.of_the_database(await self.database.rows(SQL["checkpoints"]), signer)
        witnesses = [*signed, *map(checkpoints.told_outside, told)]
        heads = dict.fromkeys((one.checkpoint.size for one in witnesses), b"")
        size, before, faults = 0, START, list[str]()
        async for row in self.rows():
            size += 1
            faults += faults_of(row, size, before)
            before = row["hash"]
            if size in heads:
                heads[size] = before
        faults += checkpoints.faults_of(witnesses, heads, size)
        believed = [one.checkpoint.size for one in signed if not one.fault] if signer.keys else []
        if signer.keys and size and not signed:
            faults.append("No head of the chain is signed with this key.")
        disagreeing = await self.database.rows(SQL["disagreeing"])
        faults += [f"Operation {row['number']} {row['how']}." for row in disagreeing]
        return AuditReport(size, before.hex(), tuple(faults), signed=max(believed, default=0))

    async def checkpoint(self, signer: Signer, after: Checkpoint | None = None) -> Checkpoint | None:
        """Give the head of the chain as it is now, signed and kept where there is a key; None of an empty chain.

        Raises Conflict when the chain no longer holds the head *after*: then nothing is signed.
        """
        if after is not None and await self.database.value(SQL["hash_at"], after.size) != after.head:
            raise Conflict(f"The audit chain no longer holds the head of row {after.size}: {after.head.hex()}.")
        last = await self.database.row(SQL["head"])
        if last is None or last["seq"] is None:
            return None
        found = Checkpoint(last["seq"], last["hash"])
        if signer.keys:
            await self.database.execute(SQL["checkpoint"], found.size, found.head, *signer.signature(found))
        return found

    async def export_audit(self) -> AsyncIterator[bytes]:
        """Every row as one JSON line, for a check outside of the database."""
        async for row in self.rows():
            yield msgspec.json.encode(Line(row["body"].decode(), row["prev_hash"].hex(), row["hash"].hex()))

    async def story(self, operation_id: str) -> Sequence[Noted]:
        """What there is of one operation, the oldest first (raises Unreachable)."""
        rows = await self.database.rows(SQL["story"], UUID(operation_id))
        return [msgspec.json.decode(row["body"], type=Noted) for row in rows]

    async def rows(self) -> AsyncIterator[Row]:
        """Walk along the chain in one snapshot, a page at a time."""
        with translated():
            async with self.database.connection() as connection, connection.transaction(readonly=True):
                async for row in connection.cursor(SQL["walk"], prefetch=PAGE):
                    yield row


def faults_of(row: Row, seq: int, before: bytes) -> list[str]:
    """Say what is wrong with a row that should be number *seq* and follow *before*."""
    faults = []
    if row["seq"] != seq:
        faults.append(f"Row {seq} is missing or out of order: row {row['seq']} stands in its place.")
    if row["prev_hash"] != before:
        faults.append(f"Row {row['seq']} does not follow the row before it.")
    if row["hash"] != chained(row["prev_hash"], row["body"]):
        faults.append(f"Row {row['seq']} was changed: its hash does not fit its content.")
    if not columns_agree(row):
        faults.append(f"Row {row['seq']} was changed: its columns say something else than its content.")
    return faults


def columns_agree(row: Row) -> bool:
    """Compare the columns that queries use with the hashed body."""
    try:
        body = msgspec.json.decode(row["body"], type=Body)
    except msgspec.DecodeError:
        return False
    event = body.event
    return (row["seq"], row["at"], row["kind"], row["actor"], row["operation_id"], row["operation_version"]) == (
        body.seq, body.at, event.kind.value, actor(event), *operation_of(event),
    )  # fmt: skip
