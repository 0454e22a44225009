"""A socket between the bot and its database, so that the database can be waited for, and be away for a while."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from playground.servers import CannotStart

CHUNK_BYTES = 1 << 16


class Relay:
    """Passes bytes between a unix socket of ours and the server's, unless it is cut."""

    def __init__(self, started: "asyncio.Future[Path]") -> None:
        """Take the server's socket, which may not be there yet."""
        self._started = started
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._is_cut = False

    async def upstream(self) -> Path:
        """Give the server's socket once it is there. Raises CannotStart."""
        return await asyncio.shield(self._started)

    async def cut(self, seconds: float) -> None:
        """End every connection and take no new one for so long, as a server that is stopped."""
        self._is_cut = True
        self.drop()
        await asyncio.sleep(seconds)
        self._is_cut = False

    def drop(self) -> None:
        """End every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def end(self) -> None:
        """End every connection and wait until nothing of them is left."""
        self.drop()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one more connection."""
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on; either end may go away at any moment, and takes the other with it."""
        with contextlib.suppress(OSError, CannotStart):
            async with self._kept(writer):
                if not self._is_cut:
                    far_reader, far_writer = await asyncio.open_unix_connection(await self.upstream())
                    async with self._kept(far_writer):
                        await _exchange((reader, far_writer), (far_reader, writer))

    @contextlib.asynccontextmanager
    async def _kept(self, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


Way = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _exchange(*ways: Way) -> None:
    """Copy both ways until one of them ends."""
    tasks = [asyncio.ensure_future(_copy(*way)) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(CHUNK_BYTES):
        target.write(chunk)
        await target.drain()


@contextlib.asynccontextmanager
async def relayed(socket: Path, started: "asyncio.Future[Path]") -> AsyncIterator[Relay]:
    """Serve *socket* while the block runs."""
    relay = Relay(started)
    server = await asyncio.start_unix_server(relay.take, socket)
    try:
        yield relay
    finally:
        server.close()
        await relay.end()
