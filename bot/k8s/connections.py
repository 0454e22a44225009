"""Two pools of connections to one API server: one for calls, which are short, and one for streams, which are not.

They are apart so that open watches can never use up what a call needs, and are replaced together when a certificate
rotates: calls under way end on the old ones.
"""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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

LINE_BUFFER_BYTES = 64 * 1024
"""Measured: larger buffers gain nothing per event and starve other tasks."""


class Connections:
    """Both pools, built from the credentials as they are now."""

    def __init__(self, credentials: Credentials, headers: dict[str, str]) -> None:
        """Build the pools; nothing is connected yet. Raises BadArguments on an unusable certificate."""
        self.stamp = credentials.tls_stamp()
        tls = credentials.tls()
        self.calls = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CALLS_AT_ONCE, ssl=tls), timeout=CALL_TIMEOUT, headers=headers
        )
        self.streams = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=tls, socket_factory=keepalive_socket),
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
        """Close now, under whoever still uses them."""
        await self.calls.close()
        await self.streams.close()


def keepalive_socket(address: tuple[object, ...]) -> socket.socket:
    """Make a socket that notices a dead peer within a minute (HTTP/1.1 has no pings)."""
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)  # type: ignore[arg-type]  # as aiohttp hands over getaddrinfo's answer
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEPALIVE.items():
        if hasattr(socket, option):
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return made
