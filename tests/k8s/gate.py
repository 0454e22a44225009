"""A TLS gate before an API server: it wants a certificate of whoever comes; whom it trusts, and its own, can change."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

from tests.k8s.authority import Authority, Issued

CHUNK_BYTES = 1 << 16


class Gate:
    """Between whoever connects and *host*:*port*, which is reached over TLS unseen."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self.port = 0
        self.came: list[str] = []
        """Names in the certificates of those who were let in, in their order."""
        self._folder = folder
        self._far = (host, port)
        self._listening: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self, *, own: Issued, trusts: Authority) -> None:
        """Show *own* to whoever comes from now on, and let in only whom that authority vouches for."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=trusts.pem.decode())
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(*written(own, self._folder, "gate"))
        await self._close_listener()
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context)
        self.port = self._listening.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """End every connection; new ones are welcome."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def close(self) -> None:
        self.cut()
        await self._close_listener()

    async def _close_listener(self) -> None:
        if self._listening is not None:
            self._listening.close()  # whoever is in stays in

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        subject = dict(pair[0] for pair in writer.get_extra_info("peercert")["subject"])
        self.came.append(subject["commonName"])
        unseen = ssl._create_unverified_context()  # what is behind the gate is the test's own
        far_reader, far_writer = await asyncio.open_connection(*self._far, ssl=unseen)
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        finally:
            self._writers -= {writer, far_writer}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    writer.close()


def written(issued: Issued, folder: Path, name: str) -> tuple[Path, Path]:
    """Write both files, in the place of those that were there."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    certificate.write_bytes(issued.certificate_pem)
    key.write_bytes(issued.key_pem)
    return certificate, key


@contextlib.asynccontextmanager
async def gate_to(address: str, folder: Path) -> AsyncIterator[Gate]:
    """Build a gate before the API server at *address*."""
    host, _, port = address.removeprefix("https://").partition(":")
    gate = Gate(folder, host, int(port))
    try:
        yield gate
    finally:
        await gate.close()
