"""Statements: each one is understood by the schema that the migrations make."""

from importlib import resources

import asyncpg

from bot.store.statements import statements

FOLDER = resources.files("bot.store").joinpath("sql")
FILES = sorted({file.name.removesuffix(".sql") for file in FOLDER.iterdir()} - {"grants"})  # a script for another role


async def test_the_schema_understands_every_statement(ledger_dsn: str) -> None:
    connection = await asyncpg.connect(ledger_dsn)
    faults = {}
    for file in FILES:
        for name, statement in statements(file).items():
            try:
                await connection.prepare(statement)
            except asyncpg.PostgresError as error:
                faults[f"{file}.{name}"] = str(error)
    await connection.close()
    assert not faults


def test_statements_are_found_by_their_names() -> None:
    assert statements("outbox")["forget"] == "DELETE FROM message WHERE key = $1"
