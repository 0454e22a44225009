"""A TCP relay: who connects to it talks to another address; it counts who did."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Reach = Callable[[], Awaitable[Streams]]

CHUNK_BYTES = 1 << 16


@dataclass
class Relay:
    """Where it listens, and what passed."""

    reach: Reach
    host: str = ""
    port: int = 0
    taken: int = 0
    """Connections so far."""
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on until either end closes."""
        self.taken += 1
        far_reader, far_writer = await self.reach()
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        finally:
            for one in (writer, far_writer):
                self._writers.discard(one)
                one.close()

    def drop(self) -> None:
        """End every connection."""
        for writer in list(self._writers):
            writer.transport.abort()


def to_port(port: int, host: str = "127.0.0.1") -> Reach:
    """Reach a TCP port."""
    return lambda: asyncio.open_connection(host, port)


def to_socket(path: Path) -> Reach:
    """Reach a unix socket."""
    return lambda: asyncio.open_unix_connection(path)


@contextlib.asynccontextmanager
async def relayed(reach: Reach, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Relay]:
    """Listen at *host* and *port* (0: a free one) while the block runs."""
    relay = Relay(reach, host)
    async with await asyncio.start_server(relay.serve, host, port) as server:
        relay.port = server.sockets[0].getsockname()[1]
        try:
            yield relay
        finally:
            server.close()
            relay.drop()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()
