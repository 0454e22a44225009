"""Statements: each one is understood by the schema that the migrations make."""

from importlib import resources

import asyncpg
import pytest

from bot.store.statements import statements

FILES = sorted(file.name.removesuffix(".sql") for file in resources.files("bot.store").joinpath("sql").iterdir())
ALL = [(file, name) for file in FILES for name in statements(file)]


@pytest.mark.parametrize(("file", "name"), ALL, ids=[f"{file}.{name}" for file, name in ALL])
async def test_the_schema_understands_the_statement(ledger_dsn: str, file: str, name: str) -> None:
    connection = await asyncpg.connect(ledger_dsn)
    await connection.prepare(statements(file)[name])
    await connection.close()
