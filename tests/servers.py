"""pytest plugin: a real PostgreSQL and Valkey for the whole session, and an empty database for each test."""

import os
import secrets
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio
import redis.asyncio

from playground.servers import embedded_postgres, embedded_valkey


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_server() -> AsyncIterator[str]:
    """Give the DSN of a server on which databases may be created; TEST_DATABASE_URL names another than our own."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    async with embedded_postgres(fsync=False) as dsn:
        yield dsn


@pytest.fixture
async def postgres_dsn(postgres_server: str) -> AsyncIterator[str]:
    """Give the DSN of an empty database that is removed after the test."""
    async for dsn in cloned(postgres_server, template="template0"):
        yield dsn


async def cloned(server: str, template: str) -> AsyncIterator[str]:
    """Copy the database *template*, yield the copy's DSN, and drop it afterwards whoever is still connected."""
    name = f"t_{secrets.token_hex(6)}"
    await execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    yield urlsplit(server)._replace(path=f"/{name}").geturl()
    await execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


async def execute(dsn: str, statement: str) -> None:
    """Run one statement on a connection of its own."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def valkey_server() -> AsyncIterator[str]:
    """Give the URL of a Valkey that all tests share; TEST_REDIS_URL names another than our own."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    async with embedded_valkey() as url:
        yield url


@pytest.fixture
async def valkey_url(valkey_server: str) -> str:
    """Give the URL of an empty Valkey."""
    async with redis.asyncio.from_url(valkey_server) as client:
        await client.flushall()
    return valkey_server
