"""A session that is closed leaves no socket behind, though the server says nothing more: it may be gone."""

import asyncio
import contextlib
import gc
import socket
import threading
import warnings
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import yaml

from bot.errors import BotError
from bot.k8s.request import Request
from bot.k8s.session import Session, connect
from playground.cluster.certificate import Certificate, make_certificate
from tests.k8s.scripted_server import kubeconfig

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
LINE = b"5\r\nline\n\r\n"
MUCH = 64 << 20
"""More than all buffers on the way hold: the reader has to pause."""


class SilentServer:
    """Speaks TLS in threads of its own, as far as it is told, and never answers a farewell."""

    def __init__(self, certificate: Certificate) -> None:
        self._tls = certificate.server_context()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._kept: list[socket.socket] = []
        self.says: bytes | None = HEAD + LINE
        """After a request; None: not even a handshake."""
        self.heard = threading.Event()
        self.port = self._listening.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._kept.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        if self.says is None:
            self.heard.set()
            return
        with contextlib.suppress(OSError):
            speaking = self._tls.wrap_socket(connection, server_side=True)
            self._kept.append(speaking)
            speaking.recv(65536)
            self.heard.set()
            speaking.sendall(self.says)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        for one in (self._listening, *self._kept):
            one.close()


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[tuple[SilentServer, str]]:
    """The server, and the kubeconfig for it."""
    certificate = make_certificate("127.0.0.1")
    server = SilentServer(certificate)
    authority, path = tmp_path / "ca.crt", tmp_path / "kubeconfig"
    authority.write_bytes(certificate.certificate_pem)
    config = yaml.safe_load(yaml.safe_dump(kubeconfig(f"https://127.0.0.1:{server.port}", {"token": "t"})))
    config["clusters"][0]["cluster"]["certificate-authority"] = str(authority)
    path.write_text(yaml.safe_dump(config))
    yield server, str(path)
    server.close()


WATCH = Request(path="/api/v1/pods", verb="watch")
Act = Callable[[Session, SilentServer], Awaitable[None]]


async def leave_a_stream(session: Session, server: SilentServer) -> None:
    async with session.open(WATCH) as response:
        await response.content.readany()


async def leave_a_stream_that_nobody_reads(session: Session, server: SilentServer) -> None:
    server.says = HEAD + b"%x\r\n" % MUCH + b"x" * MUCH
    async with session.open(WATCH) as response:
        await response.content.readany()
        while not response.content._protocol._reading_paused:  # noqa: ASYNC110  # aiohttp tells nobody
            await asyncio.sleep(0)


async def cancel_a_call(session: Session, server: SilentServer) -> None:
    server.says = b""
    await cancelled(session, server)


async def cancel_a_handshake(session: Session, server: SilentServer) -> None:
    server.says = None
    await cancelled(session, server)


async def cancelled(session: Session, server: SilentServer) -> None:
    calling = asyncio.ensure_future(session.send(Request(path="/version")))
    await asyncio.to_thread(server.heard.wait, 30)
    calling.cancel()
    await asyncio.gather(calling, return_exceptions=True)


async def give_up_a_call(session: Session, server: SilentServer) -> None:
    server.says = b""
    with contextlib.suppress(BotError):
        await session.send(Request(path="/version"), timeout_s=0.2)


@pytest.mark.parametrize(
    "act", [leave_a_stream, leave_a_stream_that_nobody_reads, cancel_a_call, cancel_a_handshake, give_up_a_call]
)
def test_nothing_is_left_open(act: Act, silent: tuple[SilentServer, str]) -> None:
    server, config = silent

    async def run() -> None:
        session = await connect(config)
        await act(session, server)
        await session.close()

    with warnings.catch_warnings(record=True) as left:
        warnings.simplefilter("always", ResourceWarning)
        asyncio.run(run())
        gc.collect()
    assert [str(warning.message) for warning in left] == []
