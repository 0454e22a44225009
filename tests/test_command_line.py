"""The command line where it looks after the database: its address suffices, and a fault is one sentence."""

import asyncio
import secrets

import asyncpg
import pytest

from bot.__main__ import main
from tests.servers import execute


@pytest.fixture
def owner(postgres_dsn: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who has the database's address and no token of Slack."""
    monkeypatch.setenv("DATABASE_URL", postgres_dsn)
    return postgres_dsn


async def bot(*words: str) -> int:
    """Run `bot WORDS` beside this loop, for it has one of its own."""
    return await asyncio.to_thread(main, words)


async def test_it_prepares_the_database_and_lets_another_role_run_the_bot(owner: str) -> None:
    role = f"app {secrets.token_hex(4)}"
    await execute(owner, f'CREATE ROLE "{role}"')
    assert await bot("migrate", "--grant", role) == 0
    connection = await asyncpg.connect(owner)
    await connection.execute(f'SET ROLE "{role}"')
    assert await connection.fetchval("SELECT count(*) FROM operation") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("DELETE FROM operation")
    await connection.close()
    await execute(owner, f'DROP OWNED BY "{role}"')
    await execute(owner, f'DROP ROLE "{role}"')


async def test_a_role_that_does_not_exist_is_said_so(owner: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await bot("migrate", "--grant", "nobody's") == 1
    assert "There is no role nobody's; nothing was granted.\nCreate it" in capsys.readouterr().err


async def test_the_audit_chain_is_verified(owner: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await bot("migrate") == 0
    assert await bot("audit", "verify") == 0
    assert "0 rows, head " in capsys.readouterr().out


async def test_without_the_databases_address_it_is_asked_for_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert await bot("migrate") == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["DATABASE_URL is missing: postgresql://user:password@host/database.", "See docs/install.md."]
