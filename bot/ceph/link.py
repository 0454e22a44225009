"""One ssh connection to one storage node: pinned host key, bounded sessions, a breaker for hung mounts."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncssh

from bot.errors import Rejected, Unreachable
from bot.model.sizes import shown

CONCURRENT = 6
"""Below the helper's 8 slots, and those below OpenSSH's default of 10 sessions."""

ANSWER_S = 12.0
"""The helper itself answers "hung" after 8 s; past this the node is."""

ANSWER_BYTES = 32 << 20
"""300,000 instances; all that a pod of 400 MiB can spare."""
CHUNK_BYTES = 65_536
"""What a pipe holds: one read empties it."""

REST_S = 30.0
"""After a hung command: asking again would only park one more process in the kernel."""

ATTEMPTS = 2
"""Every request may be sent twice: reading is harmless, and so is setting the same absolute number."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class NodeAddress:
    """How to reach a storage node; there is no way to leave the host key unchecked."""

    name: str
    host: str
    port: int = 22
    user: str = "root"
    key_file: Path
    known_hosts: Path


class NotReached(Unreachable):
    """The node never took the request: another one may be asked instead."""


class LinkLost(Exception):
    """The connection ended under a running command. asyncssh itself reports success then."""


class Link:
    """A connection that is opened when needed and again when lost. Close it at the end."""

    def __init__(self, address: NodeAddress, *, now_s: Callable[[], float] = time.monotonic) -> None:
        """Keep the address; nothing is opened yet."""
        self.address = address
        self._now_s = now_s
        self._connection: asyncssh.SSHClientConnection | None = None
        self._opening = asyncio.Lock()
        self._slots = asyncio.Semaphore(CONCURRENT)
        self._resting_until_s = 0.0

    async def __aenter__(self) -> Self:
        """Give the link."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection, where there is one."""
        if self._connection is not None:
            self._connection.abort()
            self._connection = None

    async def ask(self, words: Sequence[str]) -> bytes:
        """Send a request of plain words and give what the helper answers. Raises Unreachable that names the node."""
        if self._now_s() < self._resting_until_s:
            raise self._hung()
        async with self._slots:
            return await self._ask(" ".join(words))

    async def _ask(self, request: str) -> bytes:
        for attempt in range(ATTEMPTS):
            try:
                async with asyncio.timeout(ANSWER_S):
                    return await self._run(request)
            except (asyncssh.HostKeyNotVerifiable, asyncssh.PermissionDenied) as error:
                raise self._refused(error) from error
            except TimeoutError as error:
                self._resting_until_s = self._now_s() + REST_S
                self._drop()
                raise self._hung() from error
            except (asyncssh.Error, LinkLost, OSError) as error:
                self._drop()
                log.info("link to %s: %s (try %d)", self.address.name, type(error).__name__, attempt + 1)
                lost = error
        raise NotReached(
            f"Storage node {self.address.name} can't be reached.", hint="Check that the node is up, then try again."
        ) from lost

    async def _run(self, request: str) -> bytes:
        connection = await self._connected()
        process: asyncssh.SSHClientProcess[bytes] = await connection.create_process(
            request, encoding=None, stderr=asyncssh.DEVNULL
        )
        async with process:
            answer = await self._bounded(process.stdout)
            ended = await process.wait(check=False)
        if ended.exit_status is None and ended.exit_signal is None:
            raise LinkLost
        return answer

    async def _bounded(self, stdout: asyncssh.SSHReader[bytes]) -> bytes:
        """All of it, unless a node that was taken over tries to fill our memory (raises Rejected)."""
        answer = bytearray()
        while part := await stdout.read(CHUNK_BYTES):
            answer += part
            if len(answer) > ANSWER_BYTES:
                self._drop()
                raise Rejected(
                    f"Storage node {self.address.name} answers with more than {shown(ANSWER_BYTES)}. Nothing was read.",
                    hint="Look at what its authorized_keys runs: docs/storage.md.",
                )
        return bytes(answer)

    async def _connected(self) -> asyncssh.SSHClientConnection:
        async with self._opening:
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncssh.connect(
                    self.address.host,
                    self.address.port,
                    username=self.address.user,
                    client_keys=[str(self.address.key_file)],
                    known_hosts=str(self.address.known_hosts),
                    agent_path=None,
                    config=None,
                    connect_timeout=5,
                    login_timeout=10,
                    keepalive_interval=5,
                    keepalive_count_max=2,
                )
            return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.abort()
            self._connection = None

    def _hung(self) -> Unreachable:
        return Unreachable(
            f"The file system hangs on storage node {self.address.name}.",
            hint="`storage status` shows every node. Processes that touch the mount there hang too.",
        )

    def _refused(self, error: Exception) -> NotReached:
        what = "host key" if isinstance(error, asyncssh.HostKeyNotVerifiable) else "login"
        return NotReached(
            f"The {what} of storage node {self.address.name} was refused.",
            hint="`bot doctor` says which file to check.",
        )
