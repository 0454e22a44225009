"""Embedded servers: they serve, they say why they do not, and they never outlive whoever started them."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
import redis.asyncio

from playground.servers import CannotStart, embedded_postgres, embedded_valkey, postgres, unprivileged
from playground.servers.supervised import Server, in_shell, new_folder, supervised

ROOT = Path(__file__).parents[3]
INSTALLATIONS = [*postgres.system_binaries()[:1], *postgres.wheel_binaries()]

PATIENCE_S = 240.0
"""For what takes a second or two, on a busy machine."""

PARENT = """
import asyncio, signal
from playground.servers import embedded_postgres, embedded_valkey

async def main():
    async with embedded_postgres() as dsn, embedded_valkey() as url:
        print(dsn.partition("host=")[2], url.removeprefix("unix://").rpartition("/")[0], flush=True)
        await asyncio.Event().wait()

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
asyncio.run(main())
"""


@pytest.mark.parametrize("binaries", INSTALLATIONS, ids=str)
async def test_postgres_keeps_its_data_in_a_given_folder(binaries: Path, tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / "data", binaries=binaries) as dsn:
        await run(dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
    async with embedded_postgres(tmp_path / "data", binaries=binaries) as dsn:
        assert await run(dsn, "SELECT answer FROM kept") == 42


async def test_postgres_speaks_utf8_in_utc_on_a_socket_only() -> None:
    async with embedded_postgres(fsync=False) as dsn:
        assert await run(dsn, "SHOW server_encoding") == "UTF8"
        assert await run(dsn, "SHOW timezone") == "UTC"
        assert await run(dsn, "SHOW listen_addresses") == ""


@pytest.fixture
def no_user_namespaces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse user namespaces, as hardened containers do."""
    monkeypatch.setattr(unprivileged, "IN_USER_NAMESPACE", ("false",))
    unprivileged.prefix.cache_clear()
    yield
    unprivileged.prefix.cache_clear()


@pytest.mark.usefixtures("no_user_namespaces")
async def test_postgres_starts_where_user_namespaces_are_refused() -> None:
    async with embedded_postgres(fsync=False) as dsn:
        assert await run(dsn, "SELECT 1") == 1


async def test_valkey_answers() -> None:
    async with embedded_valkey() as url, redis.asyncio.from_url(url) as client:
        assert await client.set("key", "value")
        assert await client.get("key") == b"value"


async def test_nothing_is_left_after_the_block() -> None:
    async with embedded_postgres(fsync=False) as dsn, embedded_valkey() as url:
        folders = [Path(dsn.partition("host=")[2]), Path(url.removeprefix("unix://")).parent]
        assert all(folder.is_dir() for folder in folders)
    assert not any(folder.exists() for folder in folders)
    assert processes_in(folders) == []


async def test_a_cancelled_block_waits_until_nothing_is_left() -> None:
    started = asyncio.get_running_loop().create_future()

    async def serve() -> None:
        async with embedded_valkey() as url:
            started.set_result(Path(url.removeprefix("unix://")).parent)
            await asyncio.Event().wait()

    task = asyncio.create_task(serve())
    folder = await started
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not folder.exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
def test_servers_and_folders_go_with_their_parent(how: signal.Signals) -> None:
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        folders = [Path(word) for word in parent.stdout.readline().decode().split()]
        assert len(folders) == 2
        assert processes_in(folders)
        parent.send_signal(how)
        parent.wait(PATIENCE_S)
    assert eventually(lambda: not any(folder.exists() for folder in folders) and not processes_in(folders))


async def test_a_server_that_ends_at_once_says_why(tmp_path: Path) -> None:
    server = Server("Grump", new_folder("saas-test"), ["sh", "-c", "echo no such luck; exit 3"], signal.SIGTERM)
    with pytest.raises(CannotStart, match=r"^Grump does not start: no such luck$"):
        async with supervised(server, ready=never):
            pass
    assert not server.folder.exists()


async def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    server = Server("Mute", new_folder("saas-test"), ["sleep", "60"], signal.SIGTERM)
    with pytest.raises(CannotStart, match=r"^Mute does not answer within 0\.05 s\.$"):
        async with supervised(server, ready=never, timeout_s=0.05):
            pass
    assert not server.folder.exists()


async def test_a_folder_that_cannot_be_made_is_named() -> None:
    server = Server("Lost", Path("/proc/no/such/folder"), ["sleep", "60"], signal.SIGTERM)
    with pytest.raises(CannotStart, match=r"^Lost does not start: .*/proc/no/such/folder"):
        async with supervised(server, ready=never):
            pass


def test_a_folder_is_short_enough_for_a_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("deep" * 30)))
    assert len(str(new_folder("saas-postgres"))) < 80


def test_commands_reach_the_shell_unharmed() -> None:
    assert in_shell(["cp", "a b", "$HOME"], ["true"]) == "cp 'a b' '$HOME' && true"


async def never() -> bool:
    return False


async def run(dsn: str, statement: str) -> object:
    """Run one statement and return its first value."""
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def processes_in(folders: list[Path]) -> list[str]:
    """List the processes whose command line names one of *folders*."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            command = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if any(str(folder) in command for folder in folders) and entry.parent.name != str(os.getpid()):
                found.append(command)
    return found


def eventually(holds: Callable[[], bool]) -> bool:
    """Wait for something that another process does."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
