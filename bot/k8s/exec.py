"""Runs one command in a container over a WebSocket, with caps on time and output (protocols v5 and v4).

Every frame begins with the number of its channel. Only version 5 can close stdin: with version 4, a program that reads
its input to the end would wait for ever, so that input needs version 5.
"""

import asyncio
import codecs
import re
from dataclasses import replace
from enum import IntEnum

import aiohttp
import msgspec
from multidict import CIMultiDict

from bot.errors import BadArguments, Rejected, Unreachable
from bot.k8s.request import Request, request_for
from bot.k8s.session import BROKEN, Session, unreachable
from bot.k8s.status import Status, fit
from bot.model.execution import ExecQuery, ExecResult
from bot.model.redaction import redact
from bot.model.resources import POD

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
CLOSE_STDIN = b"\xff\x00"
"""Channel 255 of version 5 closes the channel that is named."""
FRAME_BYTES = 8 << 20
"""aiohttp's own limit of 4 MiB is less than what may come at once."""
STDIN_FRAME_BYTES = 32 * 1024
"""What the API server reads at once."""
WHY_NOT = re.compile(r'(?<=exec: )"[^"]+": [^:]+')
"""The runtime's own word, behind four prefixes: `exec: "lss": executable file not found in $PATH: unknown`."""


class Channel(IntEnum):
    """The first byte of each frame."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    STATUS = 3


class Output:
    """One channel's text: decoded over the edges of frames, and bounded."""

    def __init__(self, size_bytes: int) -> None:
        """Take up to *size_bytes*."""
        self._room = size_bytes
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self._parts: list[str] = []
        self.is_cut = False

    def add(self, data: bytes) -> None:
        """Take what fits."""
        self.is_cut |= len(data) > self._room
        self._parts.append(self._decode(data[: self._room]))
        self._room -= min(len(data), self._room)

    @property
    def text(self) -> str:
        """What was taken, without secrets."""
        return redact("".join((*self._parts, self._decode(b"", final=True))))


class KubernetesExec:
    """bot.ports.Exec over a session."""

    def __init__(self, session: Session) -> None:
        """Run through *session*."""
        self._session = session

    async def run(self, query: ExecQuery) -> ExecResult:
        """Run to the end, or until its time is up. Raises what went wrong before the program started."""
        request = exec_request(query)
        stdout, stderr = Output(query.size_bytes), Output(query.size_bytes)
        status: Status | None = None
        try:
            async with (
                asyncio.timeout(query.time.total_seconds()),
                self._session.websocket(request, (V5, V4), FRAME_BYTES) as socket,
            ):
                await _send_input(socket, query.stdin)
                status = await _receive(socket, stdout, stderr)
        except TimeoutError:
            return ExecResult(stdout=stdout.text, stderr=stderr.text, exit_code=None, is_cut=cut(stdout, stderr))
        except BROKEN as error:
            raise unreachable(request, error) from error
        if status is None:
            raise Unreachable(f"The connection to {request.target} ended before the command did.")
        code = exit_code(request, status)
        return ExecResult(stdout=stdout.text, stderr=stderr.text, exit_code=code, is_cut=cut(stdout, stderr))


def cut(*outputs: Output) -> bool:
    """Say whether any said more than fits."""
    return any(output.is_cut for output in outputs)


def exec_request(query: ExecQuery) -> Request:
    """Aim at the container. Raises BadArguments for a command that is none."""
    if not query.command or not query.command[0] or any("\0" in word for word in query.command):
        raise BadArguments("There is no command to run.")
    request = request_for("create", POD, query.namespace, query.pod, subresource="exec")
    headers = CIMultiDict({"Audit-ID": query.audit_id} if query.audit_id else {})
    return replace(request, headers=headers).asking(
        command=query.command,
        container=query.container,
        stdin="true" if query.stdin else "",
        stdout="true",
        stderr="true",
    )


def exit_code(request: Request, status: Status) -> int:
    """Read how the program ended. Raises Rejected when it did not start."""
    if status.status == "Success":
        return 0
    codes = [cause.message for cause in status.causes if cause.reason == "ExitCode"]
    if codes and codes[0].isdecimal():
        return int(codes[0])
    found = WHY_NOT.search(status.message)
    why = fit(found[0]) if found else status.said
    raise Rejected(f"The command did not start in {request.target}: {why}.")


async def _send_input(socket: aiohttp.ClientWebSocketResponse, stdin: bytes) -> None:
    if not stdin:
        return
    if socket.protocol != V5:
        raise Rejected("This cluster is too old to be given input for a command. Nothing was run to its end.")
    for start in range(0, len(stdin), STDIN_FRAME_BYTES):
        await socket.send_bytes(bytes([Channel.STDIN]) + stdin[start : start + STDIN_FRAME_BYTES])
    await socket.send_bytes(CLOSE_STDIN)


async def _receive(socket: aiohttp.ClientWebSocketResponse, stdout: Output, stderr: Output) -> Status | None:
    """Read until the program has ended; None when the connection ended first."""
    async for message in socket:
        if message.type is aiohttp.WSMsgType.ERROR:
            return None
        data = message.data if isinstance(message.data, bytes) else str(message.data).encode()
        match data[0] if data else None:
            case Channel.STDOUT:
                stdout.add(data[1:])
            case Channel.STDERR:
                stderr.add(data[1:])
            case Channel.STATUS:
                return _status(data[1:])
            case _:
                pass
    return None


def _status(body: bytes) -> Status:
    try:
        return msgspec.json.decode(body, type=Status)
    except msgspec.DecodeError:
        return Status(message=body.decode(errors="replace"))
