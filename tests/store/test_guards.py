"""Guards: what must never happen is refused by the database itself, whoever asks."""

from collections.abc import AsyncIterator
from itertools import product
from typing import TypeAlias

import asyncpg
import pytest
import pytest_asyncio

from bot.model.operation import EDGES, Requirements, State, Verdict
from bot.store import PostgresLedger, opened_ledger
from tests.engine import sample
from tests.engine.desk import Desk
from tests.servers import cloned

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
def desk(ledger: PostgresLedger) -> Desk:
    """Makes operations to abuse."""
    return Desk(ledger)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def waiting_dsn(postgres_server: str, migrated_template: str) -> AsyncIterator[str]:
    """Give a database with one pending operation, for all statements that leave no trace because they are refused."""
    async for dsn in cloned(postgres_server, template=migrated_template):
        async with opened_ledger(dsn) as ledger:
            desk = Desk(ledger)
            await desk.propose(desk.plan("web"))
        yield dsn


async def in_state(connection: Connection, operation_id: str, state: State) -> None:
    """Put an operation where no legal way leads at once."""
    await connection.execute("SET session_replication_role = replica")  # without triggers, as only a superuser may
    await connection.execute(
        "UPDATE operation SET state = $2, execute_by = now() + '1 h' WHERE id = $1::text::uuid", operation_id, state
    )
    await connection.execute("SET session_replication_role = DEFAULT")


@pytest.mark.parametrize("source", State, ids=str)
async def test_only_the_edges_of_the_model_are_legal(desk: Desk, ledger_dsn: str, source: State) -> None:
    connection = await asyncpg.connect(ledger_dsn)
    operation = await desk.propose(desk.plan("web"), Requirements())
    await connection.execute("DROP TRIGGER operation_is_audited ON operation")
    legal = set()
    for target in set(State) - {source}:
        await in_state(connection, operation.id, source)
        if await takes(connection, target):
            legal.add(target)
    await connection.close()
    assert legal == EDGES.get(source, frozenset())


async def takes(connection: Connection, target: State) -> bool:
    """Say whether the database lets the operation go to *target*; nothing is kept."""
    edge = connection.transaction()
    await edge.start()
    try:
        if target is State.EXPIRED:  # legal only when the time is over
            await connection.execute("ALTER TABLE operation DISABLE TRIGGER guard_operation")
            await connection.execute("UPDATE operation SET approve_by = '-infinity', execute_by = '-infinity'")
            await connection.execute("ALTER TABLE operation ENABLE TRIGGER guard_operation")
        await connection.execute("UPDATE operation SET state = $1, version = version + 1", target)
    except asyncpg.CheckViolationError as error:
        if "cannot go from" not in str(error):
            raise
        return False
    finally:
        await edge.rollback()
    return True


COLUMNS = {
    "plan": "'{}'",
    "plan_hash": "'0'",
    "requester": "'other'",
    "requester_actor": "'{}'",
    "reason": "'other'",
    "channel": "'C2'",
    "requirements": "'{}'",
    "required_approvals": "0",
    "execute_within": "'1 year'",
    "idem_key": "'other'",
    "created_at": "now() + '1 s'",
    "approve_by": "now() + '1 year'",
    "execute_by": "now() + '1 year'",
    "started_at": "now()",
    "finished_at": "now()",
    "id": "gen_random_uuid()",
    "version": "version",
}


@pytest.mark.parametrize(("column", "value"), list(COLUMNS.items()), ids=list(COLUMNS))
async def test_what_was_asked_cannot_be_changed(waiting_dsn: str, column: str, value: str) -> None:
    change = f"UPDATE operation SET version = version + 1, {column} = {value}"
    if column == "version":
        change = "UPDATE operation SET state = 'denied'"
    await refused(waiting_dsn, change, "23514")


STATEMENTS = {
    "approve without approvals": ("UPDATE operation SET state = 'approved', version = version + 1", "23514"),
    "expire early": ("UPDATE operation SET state = 'expired', version = version + 1", "23514"),
    "skip a version": ("UPDATE operation SET state = 'cancelled', version = version + 2", "23514"),
    "begin in the middle": (
        "INSERT INTO operation (idem_key, plan, plan_hash, requester, requester_actor, reason, channel, requirements,"
        " required_approvals, execute_within, approve_by, state) SELECT 'x', plan, plan_hash, requester,"
        " requester_actor, reason, channel, requirements, 0, execute_within, approve_by, 'approved' FROM operation",
        "23514",
    ),
    "a plan with another hash": (
        "INSERT INTO operation (idem_key, plan, plan_hash, requester, requester_actor, reason, channel, requirements,"
        " required_approvals, execute_within, approve_by) SELECT 'x', '{}', plan_hash, requester,"
        " requester_actor, reason, channel, requirements, 0, execute_within, approve_by FROM operation",
        "23514",
    ),
    "let a target go": ("UPDATE operation_target SET is_held = false", "23514"),
    "move a target": ("UPDATE operation_target SET name = 'other'", "23514"),
    "delete an operation": ("DELETE FROM operation", "42501"),
    "delete a target": ("DELETE FROM operation_target", "42501"),
    "delete a step": ("DELETE FROM operation_step", "42501"),
    "delete a lease": ("DELETE FROM operation_lease", "42501"),
    "lower an epoch": ("UPDATE operation_lease SET epoch = -1", "23514"),
    "take a lease without an epoch": ("UPDATE operation_lease SET owner = 'other'", "23514"),
    "written without intent": ("UPDATE operation_step SET is_written = true", "23514"),
    "draw another audit id": ("UPDATE operation_step SET audit_id = gen_random_uuid()", "23514"),
    "change a decision": ("UPDATE operation_decision SET verdict = 'deny'", "42501"),
    "delete a decision": ("DELETE FROM operation_decision", "42501"),
    "truncate decisions": ("TRUNCATE operation_decision", "42501"),
    "change the audit": ("UPDATE audit_event SET actor = 'other'", "42501"),
    "delete from the audit": ("DELETE FROM audit_event", "42501"),
    "truncate the audit": ("TRUNCATE audit_event", "42501"),
    "add an edge": ("UPDATE transition SET dst = 'succeeded'", "42501"),
    "move without an audit row": ("UPDATE operation SET state = 'cancelled', version = version + 1", "23514"),
    "a second audit row for a version": (
        "INSERT INTO audit_event SELECT seq + 1, at, kind, actor, operation_id, operation_version, body, hash,"
        " sha256('\\x01'::bytea || hash || body) FROM audit_event",
        "23505",
    ),
    "an audit row with a wrong hash": (
        "INSERT INTO audit_event SELECT seq + 1, at, kind, actor, NULL, NULL, body, hash, hash FROM audit_event",
        "23514",
    ),
}


@pytest.mark.parametrize(("statement", "sqlstate"), STATEMENTS.values(), ids=STATEMENTS)
async def test_refused(waiting_dsn: str, statement: str, sqlstate: str) -> None:
    await refused(waiting_dsn, statement, sqlstate)


INSERT_DECISION = (
    "INSERT INTO operation_decision (operation_id, subject, verdict, actor, plan_hash, reason)"
    " SELECT id, {subject}, '{verdict}', '{{}}', {plan_hash}, '' FROM operation"
)
LEGAL = {"subject": "'jon'", "verdict": "approve", "plan_hash": "plan_hash"}


@pytest.mark.parametrize(
    "illegal",
    [{"subject": "requester"}, {"plan_hash": "'0'"}, {"verdict": "maybe"}],
    ids=["on one's own", "on another plan", "neither yes nor no"],
)
async def test_an_illegal_decision_is_refused(waiting_dsn: str, illegal: dict[str, str]) -> None:
    await refused(waiting_dsn, INSERT_DECISION.format(**LEGAL | illegal), "23514")


@pytest.mark.parametrize(("state", "verdict"), list(product(State, Verdict)), ids=str)
async def test_decisions_are_taken_while_they_count(
    desk: Desk, ledger_dsn: str, state: State, verdict: Verdict
) -> None:
    operation = await desk.propose(desk.plan("web"))
    connection = await asyncpg.connect(ledger_dsn)
    await in_state(connection, operation.id, state)
    await connection.close()
    statement = INSERT_DECISION.format(**LEGAL | {"verdict": verdict.value})
    if state is State.PENDING or (state is State.APPROVED and verdict is Verdict.DENY):
        await execute(ledger_dsn, statement)
    else:
        await refused(ledger_dsn, statement, "23514")


async def test_nobody_decides_after_approve_by(desk: Desk, ledger_dsn: str) -> None:
    await desk.propose(desk.plan("web"), Requirements(approvals=sample.ONE_OF_SRE.approvals, approve_within_s=0))
    for verdict in Verdict:
        await refused(ledger_dsn, INSERT_DECISION.format(**LEGAL | {"verdict": verdict.value}), "23514")


async def test_nothing_starts_after_execute_by(desk: Desk, ledger_dsn: str) -> None:
    operation = await desk.propose(desk.plan("web"), Requirements(execute_within_s=0))
    assert operation.state is State.APPROVED
    await refused(ledger_dsn, "UPDATE operation SET state = 'executing', version = version + 1", "23514")


async def test_nobody_decides_the_same_twice(desk: Desk, ledger_dsn: str) -> None:
    await desk.propose(desk.plan("web"))
    await execute(ledger_dsn, INSERT_DECISION.format(**LEGAL))
    await refused(ledger_dsn, INSERT_DECISION.format(**LEGAL), "23505")


async def execute(dsn: str, statement: str) -> None:
    """Run one statement in a transaction of its own."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def refused(dsn: str, statement: str, sqlstate: str) -> None:
    """Expect the database to refuse *statement*."""
    with pytest.raises(asyncpg.PostgresError) as caught:
        await execute(dsn, statement)
    assert caught.value.sqlstate == sqlstate
