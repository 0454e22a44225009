"""Commands in containers: exit codes, both outputs, input, caps."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from bot.errors import BadArguments, NotFound, Rejected, Unreachable
from bot.k8s.exec import CLOSE_STDIN, V4, V5, KubernetesExec
from bot.k8s.session import Session
from bot.model.execution import ExecQuery
from tests.k8s.scripted_server import Respond, ScriptedServer, status

LS = ExecQuery(namespace="shop", pod="web-0", command=("ls", "-l", "/app"), container="app")
SUCCESS = b'\x03{"metadata":{},"status":"Success"}'

Speak = Callable[[web.WebSocketResponse], Awaitable[None]]


def program(speak: Speak, *protocols: str) -> Respond:
    """Answer the handshake and let *speak* be the program."""

    async def respond(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=protocols or (V5, V4))
        await socket.prepare(request)
        await speak(socket)
        await socket.close()
        return socket

    return respond


def saying(*frames: bytes) -> Respond:
    async def speak(socket: web.WebSocketResponse) -> None:
        for frame in frames:
            await socket.send_bytes(frame)

    return program(speak)


def ended(code: int) -> bytes:
    causes = [{"reason": "ExitCode", "message": str(code)}]
    body = {"metadata": {}, "status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": causes}}
    return b"\x03" + msgspec.json.encode(body)


@pytest.fixture
def execution(session: Session) -> KubernetesExec:
    return KubernetesExec(session)


@pytest.mark.parametrize("spoken", [V5, V4], ids=["v5", "v4, of an old server"])
async def test_both_outputs_and_success_come_back(
    server: ScriptedServer, execution: KubernetesExec, spoken: str
) -> None:
    async def speak(socket: web.WebSocketResponse) -> None:
        assert socket.ws_protocol == spoken
        for frame in (b"\x01out", b"\x02err", b"\x01", SUCCESS):
            await socket.send_bytes(frame)

    server.respond = program(speak, spoken)
    result = await execution.run(LS)
    assert (result.stdout, result.stderr, result.exit_code, result.is_cut) == ("out", "err", 0, False)


async def test_each_word_of_the_command_is_sent_as_it_is(server: ScriptedServer, execution: KubernetesExec) -> None:
    asked: list[list[str]] = []

    async def respond(request: web.Request) -> web.StreamResponse:
        asked.append(request.query.getall("command"))
        return await saying(SUCCESS)(request)

    server.respond = respond
    await execution.run(ExecQuery(namespace="shop", pod="web-0", command=("sh", "-c", "echo $HOME; ls & x=1")))
    assert asked == [["sh", "-c", "echo $HOME; ls & x=1"]]
    assert server.heard[0].path == "/api/v1/namespaces/shop/pods/web-0/exec"


async def test_the_exit_code_is_kept(server: ScriptedServer, execution: KubernetesExec) -> None:
    server.respond = saying(ended(3))
    assert (await execution.run(LS)).exit_code == 3


async def test_a_letter_that_is_split_over_frames_stays_one_letter(
    server: ScriptedServer, execution: KubernetesExec
) -> None:
    server.respond = saying(b"\x01caf\xc3", b"\x01\xa9", b"\x01\xff", SUCCESS)
    assert (await execution.run(LS)).stdout == "café�"


async def test_a_program_that_does_not_exist_is_said_so(server: ScriptedServer, execution: KubernetesExec) -> None:
    said = 'OCI runtime exec failed: exec failed: exec: "lss": executable file not found in $PATH: unknown'
    body = {"status": "Failure", "reason": "InternalError", "message": said}
    server.respond = saying(b"\x03" + msgspec.json.encode(body))
    with pytest.raises(Rejected, match=r'did not start in .* shop: "lss": executable file not found in \$PATH\.$'):
        await execution.run(LS)


async def test_output_is_bounded_and_redacted(server: ScriptedServer, execution: KubernetesExec) -> None:
    server.respond = saying(b"\x01password=hunter2\n", b"\x01" + b"x" * (6 << 20), SUCCESS)
    result = await execution.run(LS)
    assert result.is_cut
    assert result.stdout.startswith("password=‹redacted value›\nxxx")
    assert len(result.stdout) < (1 << 20) + 100


@pytest.mark.parametrize("size", [1, 100_000])
async def test_input_is_sent_and_closed(server: ScriptedServer, execution: KubernetesExec, size: int) -> None:
    async def cat(socket: web.WebSocketResponse) -> None:
        received = 0
        async for message in socket:
            if message.data == CLOSE_STDIN:
                await socket.send_bytes(b"\x01%d" % received)
                await socket.send_bytes(SUCCESS)
                return
            received += len(message.data) - 1

    server.respond = program(cat)
    query = ExecQuery(namespace="shop", pod="web-0", command=("cat",), stdin=b"x" * size)
    assert (await execution.run(query)).stdout == str(size)


async def test_input_needs_a_server_that_can_close_it(server: ScriptedServer, execution: KubernetesExec) -> None:
    async def wait(socket: web.WebSocketResponse) -> None:
        await socket.receive()

    server.respond = program(wait, V4)
    with pytest.raises(Rejected, match="too old to be given input"):
        await execution.run(ExecQuery(namespace="shop", pod="web-0", command=("cat",), stdin=b"x"))


async def test_a_program_that_takes_too_long_is_left_with_what_it_said(
    server: ScriptedServer, execution: KubernetesExec
) -> None:
    async def slow(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(b"\x01so far")
        await socket.receive()

    server.respond = program(slow)
    query = ExecQuery(namespace="shop", pod="web-0", command=("sleep", "9"), time=timedelta(seconds=1))
    result = await execution.run(query)
    assert (result.stdout, result.exit_code) == ("so far", None)


async def test_a_connection_that_ends_first_leaves_the_outcome_unknown(
    server: ScriptedServer, execution: KubernetesExec
) -> None:
    server.respond = saying(b"\x01half")
    with pytest.raises(Unreachable, match="ended before the command did"):
        await execution.run(LS)


async def test_a_refused_handshake_is_said_in_our_words(server: ScriptedServer, execution: KubernetesExec) -> None:
    server.respond = status(404, "NotFound", "…", name="web-0", kind="pods")
    with pytest.raises(NotFound, match='No pod "web-0" in shop'):
        await execution.run(LS)


async def test_a_refused_token_is_renewed_and_the_command_run_once(
    server: ScriptedServer, execution: KubernetesExec, tmp_path: Path
) -> None:
    unauthorized, upgrade = status(401, "Unauthorized", "…"), status(400, "BadRequest", "Upgrade request required")
    started = 0

    async def respond(request: web.Request) -> web.StreamResponse:
        nonlocal started
        if request.headers["Authorization"] != "Bearer second":
            return await unauthorized(request)
        if "Upgrade" not in request.headers:
            return await upgrade(request)
        started += 1
        return await saying(SUCCESS)(request)

    server.respond = respond
    server.kubeconfig(tmp_path, token="second")
    assert (await execution.run(LS)).exit_code == 0
    assert started == 1


@pytest.mark.parametrize("command", [(), ("",), ("ls", "a\0b")], ids=["none", "empty", "a null byte"])
async def test_what_is_no_command_is_never_sent(
    server: ScriptedServer, execution: KubernetesExec, command: tuple[str, ...]
) -> None:
    with pytest.raises(BadArguments, match="no command"):
        await execution.run(ExecQuery(namespace="shop", pod="web-0", command=command))
    assert server.heard == []


async def test_a_program_that_is_no_longer_waited_for_leaves_nothing_behind(
    server: ScriptedServer, execution: KubernetesExec
) -> None:
    started = asyncio.Event()

    async def slow(socket: web.WebSocketResponse) -> None:
        started.set()
        await socket.receive()

    server.respond = program(slow)
    running = asyncio.ensure_future(execution.run(LS))
    await started.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert execution._session._connections._users == 0
