"""A wire to PostgreSQL that a test can cut and mend: connections drop, and nobody answers until it is mended."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

SOCKET = ".s.PGSQL.5432"  # the name that PostgreSQL's clients look for in a folder


@dataclass
class CuttableWire:
    """Forwards a unix socket in *folder* to the server that *target* names."""

    target: str
    folder: Path
    is_cut: bool = False
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def dsn(self) -> str:
        """The same database over this wire."""
        return urlsplit(self.target)._replace(netloc="postgres@", query=urlencode({"host": self.folder})).geturl()

    def cut(self) -> None:
        """Drop every connection, take none."""
        self.is_cut = True
        for writer in self.writers:
            writer.transport.abort()

    def mend(self) -> None:
        """Take connections again."""
        self.is_cut = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection, both ways, until either side is gone."""
        with contextlib.suppress(OSError):
            if not self.is_cut:
                far_reader, far_writer = await self.connect()
                self.writers |= {writer, far_writer}
                await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))
        writer.transport.abort()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Reach the server itself."""
        parts = urlsplit(self.target)
        if folder := parse_qs(parts.query).get("host"):
            return await asyncio.open_unix_connection(Path(folder[0], SOCKET))
        return await asyncio.open_connection(parts.hostname, parts.port or 5432)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, and its end."""
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()
    writer.transport.abort()


@contextlib.asynccontextmanager
async def cuttable(dsn: str) -> AsyncIterator[CuttableWire]:
    """Hold a wire to *dsn* while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        wire = CuttableWire(dsn, Path(folder))
        server = await asyncio.start_unix_server(wire.serve, Path(folder, SOCKET))
        try:
            yield wire
        finally:
            server.close()
            wire.cut()
            await server.wait_closed()
