"""The audit chain: whole after any work, broken by any change, the same outside of the database."""

import asyncio
import hashlib
import json
import re

import asyncpg
import pytest

from bot.model.event import Event, EventKind
from bot.model.operation import Verdict
from bot.store import PostgresLedger
from tests.engine.desk import Desk
from tests.engine.sample import JON, MAYA


@pytest.fixture
def desk(ledger: PostgresLedger) -> Desk:
    """Makes operations to audit."""
    return Desk(ledger)


async def note(ledger: PostgresLedger, text: str, *, operation: str = "") -> None:
    """Append one row."""
    async with ledger.transaction() as tx:
        await tx.audit(Event(kind=EventKind.REFUSED, actor=MAYA, text=text, operation=operation))


async def test_an_empty_chain_is_whole(ledger: PostgresLedger) -> None:
    report = await ledger.verify_audit()
    assert (report.size, report.head, report.faults) == (0, "00" * 32, ())


async def test_every_version_of_an_operation_has_one_row(desk: Desk) -> None:
    operation = await desk.executed("web", "api")
    rows = [json.loads(json.loads(row)["body"]) for row in [line async for line in desk.ledger.export_audit()]]
    told = [(row["event"]["kind"], row["event"].get("version", 0)) for row in rows]
    written = [("intended", 0), ("written", 0)] * 2
    assert told == [("proposed", 1), ("decided", 2), ("approved", 3), ("started", 4), *written, ("applied", 5)]
    assert {row["event"]["operation"] for row in rows} == {operation.id}
    assert rows[0]["event"]["detail"]["targets"] == ["deployment/web -n shop", "deployment/api -n shop"]
    assert rows[1]["event"]["actor"]["subject"]["user"] == JON.subject.user


async def test_the_audit_id_of_a_write_is_in_the_audit_before_the_write(desk: Desk) -> None:
    await desk.approved("web")
    seen: list[str] = []

    async def read_audit(name: str) -> None:
        lines = [json.loads(json.loads(line)["body"]) async for line in desk.ledger.export_audit()]
        seen.extend(row["event"]["detail"]["audit_id"] for row in lines if row["event"]["kind"] == "intended")

    desk.cluster.before_write = read_audit
    lease = await desk.executor.claim()
    assert lease is not None
    await desk.executor.hold(lease)
    assert seen == [lease.steps[0].audit_id]


async def test_rows_written_at_once_make_one_chain(ledger: PostgresLedger) -> None:
    await asyncio.gather(*(note(ledger, f"no {n}") for n in range(50)))
    report = await ledger.verify_audit()
    assert (report.size, report.faults) == (50, ())


@pytest.mark.parametrize("operation", ["", "'; DROP TABLE", "00000000-0000-0000-0000-000000000000"])
async def test_a_refusal_is_kept_whatever_the_click_named(ledger: PostgresLedger, operation: str) -> None:
    await note(ledger, "no \u0000 ‮ <!channel>", operation=operation)
    assert (await ledger.verify_audit()).faults == ()


async def test_a_row_of_a_failed_transaction_leaves_no_gap(desk: Desk) -> None:
    operation = await desk.propose(desk.plan("web"))
    await asyncio.gather(
        *(desk.approvals.decide(operation.id, JON, Verdict.APPROVE, operation.plan.hash) for _ in range(5)),
        return_exceptions=True,
    )
    report = await desk.ledger.verify_audit()
    assert (report.size, report.faults) == (3, ())


TAMPERING = {
    "body": ("UPDATE audit_event SET body = convert_to('{}', 'UTF8') WHERE seq = 2", "Row 2 was changed"),
    "who": ("UPDATE audit_event SET actor = 'jon' WHERE seq = 2", "Row 2 .* its columns say something else"),
    "when": (
        "UPDATE audit_event SET at = '-infinity' WHERE seq = 2",
        "Row 2 .* its columns say something else",
    ),
    "what": ("UPDATE audit_event SET kind = 'approved' WHERE seq = 2", "Row 2 .* its columns say something else"),
    "removed": ("DELETE FROM audit_event WHERE seq = 2", "Row 2 is missing"),
    "first removed": ("DELETE FROM audit_event WHERE seq = 1", "Row 1 is missing"),
    "rehashed": (
        "UPDATE audit_event SET body = convert_to('{}', 'UTF8'),"
        " hash = sha256('\\x01'::bytea || prev_hash || convert_to('{}', 'UTF8')) WHERE seq = 2",
        "Row 3 does not follow",
    ),
    "swapped": (
        "UPDATE audit_event SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3);"
        " UPDATE audit_event SET seq = -seq WHERE seq < 0",
        "Row 2 does not follow",
    ),
}


@pytest.mark.parametrize(("statement", "fault"), list(TAMPERING.values()), ids=list(TAMPERING))
async def test_a_superusers_change_is_found(
    ledger: PostgresLedger, ledger_dsn: str, statement: str, fault: str
) -> None:
    for text in ("one", "two", "three"):
        await note(ledger, text)
    connection = await asyncpg.connect(ledger_dsn)
    await connection.execute("SET session_replication_role = replica")  # switches the triggers off
    await connection.execute("ALTER TABLE audit_event DROP CONSTRAINT audit_event_check")
    await connection.execute(statement)
    await connection.close()
    faults = "\n".join((await ledger.verify_audit()).faults)
    assert re.search(fault, faults), faults


BESIDE_THE_CHAIN = {
    "the end cut off": ("DELETE FROM audit_event WHERE seq > 2", "Operation 1 has no audit row of its version 3."),
    "everything cut off": ("TRUNCATE audit_event", "Operation 1 has no audit row of its version 1."),
    "a state set by hand": (
        "UPDATE operation SET state = 'succeeded'",
        "Operation 1 is succeeded, but its last audit row says approved.",
    ),
    "a verdict put in by hand": (
        "INSERT INTO operation_decision (operation_id, subject, verdict, actor, plan_hash, reason)"
        " SELECT operation_id, 'eve', verdict, actor, plan_hash, reason FROM operation_decision",
        "Operation 1 has a verdict of eve that the audit does not know.",
    ),
}


@pytest.mark.parametrize(("statement", "fault"), list(BESIDE_THE_CHAIN.values()), ids=list(BESIDE_THE_CHAIN))
async def test_a_superusers_change_beside_the_chain_is_found(
    desk: Desk, ledger_dsn: str, statement: str, fault: str
) -> None:
    await desk.approved("web")
    assert (await desk.ledger.verify_audit()).faults == ()
    connection = await asyncpg.connect(ledger_dsn)
    await connection.execute("SET session_replication_role = replica")  # switches the triggers off
    await connection.execute(statement)
    await connection.close()
    assert fault in (await desk.ledger.verify_audit()).faults


async def test_the_export_can_be_recomputed_without_us(ledger: PostgresLedger) -> None:
    for text in ("one", "zwei ü", "three"):
        await note(ledger, text)
    before = bytes(32)
    async for line in ledger.export_audit():
        row = json.loads(line)
        assert bytes.fromhex(row["prev_hash"]) == before
        before = hashlib.sha256(b"\x01" + before + row["body"].encode()).digest()
        assert bytes.fromhex(row["hash"]) == before
    assert before.hex() == (await ledger.verify_audit()).head


async def test_the_story_of_an_operation_is_its_rows_alone(desk: Desk) -> None:
    first = await desk.executed("web")
    await desk.executed("api")
    story = await desk.ledger.story(first.id)
    assert [one.event.kind.value for one in story] == [
        "proposed", "decided", "approved", "started", "intended", "written", "applied",
    ]  # fmt: skip
    assert {one.event.operation for one in story} == {first.id}
    assert story == sorted(story, key=lambda one: one.at)
