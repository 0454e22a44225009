"""A TCP relay before an API server, which can fail as networks do: fall silent, be cut, refuse."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import yaml

CHUNK_BYTES = 1 << 16
AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: close with a reset."""


class Wire:
    """Between whoever connects and *host*:*port*."""

    def __init__(self, host: str, port: int) -> None:
        self.port = 0
        self._far = (host, port)
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._refusing = False
        self._writers: set[asyncio.StreamWriter] = set()

    def stall(self) -> None:
        """Pass nothing on any more, and tell nobody."""
        self._flowing.clear()

    def reset(self) -> None:
        """End every connection with a reset; new ones are welcome."""
        for writer in list(self._writers):
            with contextlib.suppress(OSError):  # it has just been closed from the other side
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            writer.transport.abort()

    def cut(self) -> None:
        """End every connection as if by its end; new ones are welcome."""
        for writer in list(self._writers):
            writer.close()

    def refuse(self) -> None:
        """End every connection, and each new one at once."""
        self._refusing = True
        self.reset()

    def heal(self) -> None:
        """Be a good wire again; what was held back is passed on."""
        self._refusing = False
        self._flowing.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(*self._far)
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
        finally:
            self._writers -= {writer, far_writer}
            writer.close()
            far_writer.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                await self._flowing.wait()
                writer.write(chunk)
                await writer.drain()
        writer.close()

    def kubeconfig(self, original: Path, path: Path, token: str = "") -> Path:
        """Write *original* to *path*, with the way through this wire, and with *token* in place of its user."""
        config = yaml.safe_load(original.read_text())
        config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{self.port}"
        if token:
            config["users"][0]["user"] = {"token": token}
        path.write_text(yaml.safe_dump(config))
        return path


@contextlib.asynccontextmanager
async def wire_to(kubeconfig: Path) -> AsyncIterator[Wire]:
    """Lay a wire to the API server of *kubeconfig*."""
    server = yaml.safe_load(kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    host, _, port = server.removeprefix("https://").partition(":")
    wire = Wire(host, int(port))
    listening = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.port = listening.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        listening.close()
        wire.heal()
        wire.reset()
        await listening.wait_closed()
