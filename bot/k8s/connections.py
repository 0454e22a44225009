"""Two pools of connections to one API server: one for calls, which are short, and one for streams, which are not.

They are apart so that open watches can never use up what a call needs, and are replaced together when a certificate
rotates: calls under way end on the old ones.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from weakref import WeakSet

import aiohttp

from bot.k8s.credentials import Credentials

CALLS_AT_ONCE = 50
"""Sockets for calls; further calls wait their turn for at most CALL_TIMEOUT.connect."""

CALL_TIMEOUT = aiohttp.ClientTimeout(total=120, connect=10, sock_connect=5, sock_read=30)
"""Five seconds for a connection, thirty without a byte, in all twice the API server's own limit of 60 s."""

STREAM_TIMEOUT = aiohttp.ClientTimeout(total=3630, sock_connect=5, sock_read=70)
"""Bookmarks come about each 60 s and the server keeps at least 75 s of history, so that a watch silent for 70 s is cut
while it can still be resumed; no watch lives longer than the 3600 s that we ask for."""

KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 60_000}
"""Seconds, and for the last one milliseconds; a system that lacks an option goes without it."""

FAREWELL_S = 1.0
"""What was shut down is closed within a few turns of the event loop."""
TURN_S = 0.002
CLOSED = -1
"""A closed socket's file number."""

LINE_BUFFER_BYTES = 64 * 1024
"""Measured: larger buffers gain nothing per event and starve other tasks."""


class Connections:
    """Both pools, built from the credentials as they are now."""

    def __init__(self, credentials: Credentials, headers: dict[str, str]) -> None:
        """Build the pools; nothing is connected yet. Raises BadArguments on an unusable certificate."""
        self.stamp = credentials.tls_stamp()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        tls = credentials.tls()
        self.calls = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CALLS_AT_ONCE, ssl=tls, socket_factory=self._socket),
            timeout=CALL_TIMEOUT,
            headers=headers,
        )
        self.streams = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=tls, socket_factory=self._socket),
            timeout=STREAM_TIMEOUT,
            headers=headers,
            read_bufsize=LINE_BUFFER_BYTES,
        )
        self._users = 0
        self._retired = False

    @asynccontextmanager
    async def used(self) -> AsyncIterator[None]:
        """Keep the pools open for the time of one request."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if self._retired and not self._users:
                await self.close()

    async def retire(self) -> None:
        """Close as soon as nobody uses them."""
        self._retired = True
        if not self._users:
            await self.close()

    async def close(self) -> None:
        """Close now, under whoever still uses them. When this returns, no socket is left."""
        await self.calls.close()
        await self.streams.close()
        await self._cut_farewells()

    async def _cut_farewells(self) -> None:
        """End connections that still say goodbye over TLS.

        A stream that is left and a call that is cancelled do so in the background, for up to 30 s where the server says
        nothing any more; aiohttp does not wait for that.
        """
        for left in tuple(self._sockets):
            with suppress(OSError):  # closed by now
                left.shutdown(socket.SHUT_RDWR)
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                while any(left.fileno() != CLOSED for left in self._sockets):  # noqa: ASYNC110  # asyncio tells nobody
                    await asyncio.sleep(TURN_S)

    def _socket(self, address: tuple[object, ...]) -> socket.socket:
        made = keepalive_socket(address)
        self._sockets.add(made)
        return made


def keepalive_socket(address: tuple[object, ...]) -> socket.socket:
    """Make a socket that notices a dead peer within a minute (HTTP/1.1 has no pings)."""
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)  # type: ignore[arg-type]  # as aiohttp hands over getaddrinfo's answer
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEPALIVE.items():
        if hasattr(socket, option):
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return made
