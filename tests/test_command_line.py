"""The command line where it looks after the database: its address suffices, and a fault is one sentence."""

import asyncio
import secrets
from pathlib import Path

import asyncpg
import pytest

from bot.__main__ import main
from bot.model.checkpoint import Signer
from bot.model.event import Event, EventKind
from bot.store import opened_ledger
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
    out = capsys.readouterr().out
    assert "0 rows, head " in out
    assert "AUDIT_KEY is not set, so who owns the database may have computed it anew." in out


async def test_it_is_held_to_its_signatures_and_to_a_head_that_was_told(
    owner: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = secrets.token_hex(32)
    monkeypatch.setenv("AUDIT_KEY", key)
    assert await bot("migrate") == 0
    async with opened_ledger(owner) as ledger:
        async with ledger.transaction() as tx:
            await tx.audit(Event(kind=EventKind.REFUSED, text="no"))
        head = await ledger.checkpoint(Signer.of(key))
    assert await bot("audit", "verify", "--head", str(head)) == 0
    assert "Signed up to row 1." in capsys.readouterr().out
    assert await bot("audit", "verify", "--head", f"2:{'0a' * 32}") == 1
    assert "Its end was cut off: it has 1 row, and had 2 at the head that was told." in capsys.readouterr().out


async def test_what_is_no_head_is_said_so(owner: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        await bot("audit", "verify", "--head", "7")
    assert "a head is written SIZE:HEAD" in capsys.readouterr().err


POLICY = """\
apiVersion: chatops.saas.io/v1
kind: Policy
people: {}
channels: {}
tiers: {}
rules: [{name: no drains, match: {commands: [COMMAND]}, effect: deny}]
"""


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        pytest.param(POLICY.replace("COMMAND", "quota *"), 0, "1 rules; revision", id="sound"),
        pytest.param(POLICY.replace("COMMAND", "drian"), 1, "command “drian”, which there is none of", id="a typo"),
        pytest.param(POLICY + "rules: []", 1, "“rules” stands there twice", id="a key twice"),
        pytest.param(b"\xff", 1, "is not UTF-8 text", id="no text"),
        pytest.param(None, 1, "can't be read: No such file", id="no file"),
    ],
)
async def test_a_policy_file_is_checked(
    content: str | bytes | None, status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policy.yaml"
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    assert await bot("policy", str(file)) == status
    told = capsys.readouterr()
    assert said in told.out + told.err


async def test_without_the_databases_address_it_is_asked_for_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert await bot("migrate") == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["DATABASE_URL is missing: postgresql://user:password@host/database.", "See docs/install.md."]
