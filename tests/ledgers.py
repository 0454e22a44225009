"""pytest plugin: a ledger on a real PostgreSQL; each test has a database of its own, copied from one migrated once."""

import secrets
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from bot.store import PostgresLedger, migrate, opened_ledger
from tests.servers import cloned, execute


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated_template(postgres_server: str) -> AsyncIterator[str]:
    """Give the name of a migrated database that nobody is connected to."""
    name = f"migrated_{secrets.token_hex(6)}"
    await execute(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE template0')
    await migrate(urlsplit(postgres_server)._replace(path=f"/{name}").geturl())
    yield name
    await execute(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def ledger_dsn(postgres_server: str, migrated_template: str) -> AsyncIterator[str]:
    """Give the DSN of a migrated, empty database."""
    async for dsn in cloned(postgres_server, template=migrated_template):
        yield dsn


@pytest.fixture
async def ledger(ledger_dsn: str) -> AsyncIterator[PostgresLedger]:
    """Give a ledger on a database of the test's own."""
    async with opened_ledger(ledger_dsn) as opened:
        yield opened
