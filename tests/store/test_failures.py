"""Failures: every exception of the library becomes one of ours, and nothing of the server's own words gets out."""

import asyncpg
import pytest

from bot.errors import BotError, Conflict, Rejected, Unreachable
from bot.store.failures import translated

CASES: dict[str, tuple[str, type[BotError], str]] = {
    "a rule of ours": ("DO $$ BEGIN RAISE 'No.' USING ERRCODE = '23514'; END $$", Conflict, "No."),
    "a table's check": (
        "CREATE TEMP TABLE t (a int CHECK (a > 0)); INSERT INTO t VALUES (0)",
        Rejected,
        "The database refused a row (t_a_check).",
    ),
    "nonsense": ("SELEKT", Rejected, "The database refused a statement (42601)."),
    "no such table": ("SELECT * FROM nowhere", Rejected, "The database refused a statement (42P01)."),
    "too slow": ("SET statement_timeout = 1; SELECT pg_sleep(9)", Unreachable, "The database does not answer."),
    "shut down": ("SELECT pg_terminate_backend(pg_backend_pid())", Unreachable, "The database does not answer."),
}


@pytest.mark.parametrize(("statement", "error", "words"), list(CASES.values()), ids=list(CASES))
async def test_the_librarys_exceptions_become_ours(
    ledger_dsn: str, statement: str, error: type[BotError], words: str
) -> None:
    connection = await asyncpg.connect(ledger_dsn)
    with pytest.raises(error) as caught, translated():
        await connection.execute(statement)
    connection.terminate()
    assert str(caught.value) == words


@pytest.mark.parametrize("error", [OSError("refused"), TimeoutError(), asyncpg.InterfaceError("closed")], ids=repr)
def test_a_lost_connection_is_unreachable(error: Exception) -> None:
    with pytest.raises(Unreachable), translated():
        raise error


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(ZeroDivisionError), translated():
        raise ZeroDivisionError
