"""Grants: the application's role can do all of the bot's work, and cannot rewrite what happened."""

import secrets
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest

from bot.model.operation import State
from bot.store import migrate, opened_ledger
from bot.store.grants import grant
from tests.engine.ailing import sick
from tests.engine.desk import Desk
from tests.engine.ward import Ward
from tests.servers import execute


@pytest.fixture
async def application_dsn(ledger_dsn: str) -> AsyncIterator[str]:
    """Give the DSN of a role that owns nothing."""
    role, password = f'app "{secrets.token_hex(4)}', secrets.token_hex(8)
    quoted = '"' + role.replace('"', '""') + '"'
    await execute(ledger_dsn, f"CREATE ROLE {quoted} LOGIN PASSWORD '{password}'")
    await grant(ledger_dsn, role)
    parts = urlsplit(ledger_dsn)
    place = parts.netloc.rpartition("@")[2]
    yield parts._replace(netloc=f"{role.replace(' ', '%20').replace(chr(34), '%22')}:{password}@{place}").geturl()
    await execute(ledger_dsn, f"DROP OWNED BY {quoted} CASCADE")
    await execute(ledger_dsn, f"DROP ROLE {quoted}")


async def test_the_application_can_do_its_work(application_dsn: str) -> None:
    assert await migrate(application_dsn) == []
    async with opened_ledger(application_dsn) as ledger:
        desk = Desk(ledger)
        assert (await desk.executed("web")).state is State.APPLIED
        assert await desk.deliver()
        await desk.ledger.purge()
        assert not (await ledger.verify_audit()).faults


async def test_the_application_can_keep_incidents(application_dsn: str) -> None:
    async with opened_ledger(application_dsn) as ledger:
        ward = Ward(ledger)
        ward.tell(sick())
        await ward.round()
        ward.well("uid-odoo-acme-1")
        await ward.until_quiet()
        assert [root[0] for root in ward.roots] == ["🟢"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM incident",
        "UPDATE audit_event SET actor = ''",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "UPDATE operation_decision SET verdict = 'approve'",
        "DELETE FROM operation",
        "INSERT INTO transition VALUES ('pending', 'executing')",
        "SET session_replication_role = replica",
        "DROP TABLE audit_event",
    ],
)
async def test_the_application_cannot_rewrite_what_happened(application_dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(application_dsn)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()
