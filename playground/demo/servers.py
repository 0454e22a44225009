"""The demo's PostgreSQL and Valkey: those that the environment names, else embedded ones."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from playground.demo.relay import Relay, relayed
from playground.servers import CannotStart, embedded_postgres, embedded_valkey

SOCKET = ".s.PGSQL.5432"
"""What PostgreSQL's clients look for in the folder that they are given as host."""


@dataclass(frozen=True)
class Database:
    """Where the bot finds it."""

    dsn: str
    relay: Relay | None = None
    """None: it is somebody's own, and not ours to take away."""

    async def up(self) -> None:
        """Return when it takes connections. Raises CannotStart."""
        if self.relay is not None:
            await self.relay.upstream()


@contextlib.asynccontextmanager
async def database(environment: Mapping[str, str], folder: Path, kept: Path | None) -> AsyncIterator[Database]:
    """Give DATABASE_URL's, else our own behind a relay in *folder*; its data stays in *kept* where given.

    It starts while the block runs: who connects before it is up waits.
    """
    if given := environment.get("DATABASE_URL"):
        yield Database(given)
        return
    started: asyncio.Future[Path] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(_serve(started, kept))
    try:
        async with relayed(folder / SOCKET, started) as relay:
            yield Database(f"postgresql://postgres@/postgres?host={folder}", relay)
    finally:
        serving.cancel()
        await asyncio.wait({serving})


async def _serve(started: "asyncio.Future[Path]", kept: Path | None) -> None:
    try:
        async with embedded_postgres(kept, fsync=kept is not None) as dsn:
            started.set_result(Path(dsn.partition("host=")[2], SOCKET))
            await asyncio.Event().wait()
    except CannotStart as error:
        started.set_exception(error)


@contextlib.asynccontextmanager
async def valkey(environment: Mapping[str, str]) -> AsyncIterator[str]:
    """Give REDIS_URL's, else our own. Raises CannotStart."""
    if given := environment.get("REDIS_URL"):
        yield given
        return
    async with embedded_valkey() as url:
        yield url
