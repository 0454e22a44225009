"""Logs: bounded, whole in order, without secrets, merged by time, followed over breaks."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import pytest
from aiohttp import web

from bot.errors import BadArguments, NotFound
from bot.k8s import logs as module
from bot.k8s.log_lines import CUT, LINE_BYTES, LogLines, parse_time
from bot.k8s.logs import KubernetesLogs, Turns
from bot.k8s.session import Session
from bot.model.logs import LogLine, LogQuery, LogSource
from tests.k8s.scripted_server import Respond, ScriptedServer, status

WEB = LogQuery(namespace="shop", sources=(LogSource("web-0"),))


def at(second: int, text: str) -> bytes:
    return f"2026-11-23T10:00:{second:02d}.123456789Z {text}\n".encode()


def text(body: bytes) -> Respond:
    async def respond(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body)

    return respond


def by_pod(**bodies: bytes) -> Respond:
    async def respond(request: web.Request) -> web.StreamResponse:
        return web.Response(body=bodies[request.path.split("/")[6].replace("-", "_")])

    return respond


@pytest.fixture
def logs(session: Session) -> KubernetesLogs:
    return KubernetesLogs(session)


async def test_what_is_asked_for_is_bounded_at_the_server(server: ScriptedServer, logs: KubernetesLogs) -> None:
    server.respond = text(at(1, "ready"))
    source = LogSource("web-0", "app")
    query = LogQuery(namespace="shop", sources=(source,), tail=50, since=timedelta(minutes=5), previous=True)
    read = await logs.read(query)
    assert [line.text for line in read.lines] == ["ready"]
    assert server.heard[0].path == "/api/v1/namespaces/shop/pods/web-0/log"
    assert server.heard[0].query == {
        "timestamps": "true", "container": "app", "previous": "true", "tailLines": "50", "sinceSeconds": "300",
        "limitBytes": str(module.READ_BYTES),
    }  # fmt: skip


async def test_lines_of_several_pods_are_merged_by_time_and_named(server: ScriptedServer, logs: KubernetesLogs) -> None:
    server.respond = by_pod(web_0=at(1, "a") + at(4, "d"), web_1=at(2, "b") + b"no time\n" + at(3, "c"))
    query = LogQuery(namespace="shop", sources=(LogSource("web-0"), LogSource("web-1")))
    read = await logs.read(query)
    assert [(line.source.pod, line.text) for line in read.lines] == [
        ("web-0", "a"), ("web-1", "b"), ("web-1", "no time"), ("web-1", "c"), ("web-0", "d"),
    ]  # fmt: skip


async def test_a_log_that_looks_like_json_stays_text(server: ScriptedServer, logs: KubernetesLogs) -> None:
    server.respond = text(at(1, '{"ok":true}') + at(2, "12345678901234567890.10"))
    assert [line.text for line in (await logs.read(WEB)).lines] == ['{"ok":true}', "12345678901234567890.10"]


async def test_invalid_utf8_and_huge_lines_survive(server: ScriptedServer, logs: KubernetesLogs) -> None:
    huge = "x" * (2 << 20)
    server.respond = text(at(1, "before") + b"2026-11-23T10:00:02Z \xff\xfe\n" + at(3, huge) + at(4, "after"))
    lines = [line.text for line in (await logs.read(WEB)).lines]
    assert lines[:2] == ["before", "��"]
    assert lines[2].endswith(CUT)
    assert len(lines[2]) <= LINE_BYTES + len(CUT)
    assert lines[3] == "after"


async def test_secrets_never_leave_even_over_several_lines(server: ScriptedServer, logs: KubernetesLogs) -> None:
    server.respond = text(
        at(1, "password=hunter2") + at(2, "-----BEGIN RSA PRIVATE KEY-----") + at(3, "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn")
        + at(4, "-----END RSA PRIVATE KEY-----") + at(5, "going on")
    )  # fmt: skip
    assert [line.text for line in (await logs.read(WEB)).lines] == [
        "password=‹redacted value›", "‹redacted rsa private key›", "going on",
    ]  # fmt: skip


async def test_of_too_much_the_newest_is_kept(
    server: ScriptedServer, logs: KubernetesLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_BYTES", 1000)
    server.respond = text(b"".join(at(number % 60, f"line {number}") for number in range(500)))
    read = await logs.read(WEB)
    assert read.is_cut
    assert read.lines[-1].text == "line 499"
    assert len(read.lines) < 30


async def test_forty_megabytes_of_twenty_pods_need_little_memory(server: ScriptedServer, logs: KubernetesLogs) -> None:
    block = b"".join(at(number % 60, "y" * 200) for number in range(900))

    async def two_megabytes(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(10):
            await response.write(block)
        return response

    server.respond = two_megabytes
    query = LogQuery(namespace="shop", sources=tuple(LogSource(f"web-{number}") for number in range(20)))
    tracemalloc.start()
    read = await logs.read(query)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read.is_cut
    assert peak < 15 << 20


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        pytest.param('previous terminated container "app" in pod "web-0" not found', NotFound,
                     "no container before its last restart", id="no previous"),
        pytest.param("a container name must be specified for pod web-0, choose one of: [app sidecar]", BadArguments,
                     "several containers: app sidecar", id="which container"),
        pytest.param('container "app" in pod "web-0" is waiting to start: ContainerCreating', NotFound,
                     "has not started", id="not started"),
    ],
)  # fmt: skip
async def test_why_there_is_no_log_is_said(
    server: ScriptedServer, logs: KubernetesLogs, said: str, error: type[Exception], words: str
) -> None:
    server.respond = status(400, "BadRequest", said)
    with pytest.raises(error, match=words):
        await logs.read(WEB)


async def test_one_container_that_cannot_be_read_does_not_hide_the_others(
    server: ScriptedServer, logs: KubernetesLogs
) -> None:
    missing = status(404, "NotFound", "…", name="web-1", kind="pods")

    async def respond(request: web.Request) -> web.StreamResponse:
        return await (missing if "web-1" in request.path else text(at(1, "a")))(request)

    server.respond = respond
    query = LogQuery(namespace="shop", sources=(LogSource("web-0"), LogSource("web-1")))
    read = await logs.read(query)
    assert [line.text for line in read.lines] == ["a"]
    assert read.failures == ((LogSource("web-1"), 'No pod "web-1" in shop.'),)


async def followed(logs: KubernetesLogs, query: LogQuery) -> list[str]:
    async with asyncio.timeout(120), aclosing(logs.follow(query)) as lines:
        return [line.text async for line in lines]


async def test_a_followed_log_goes_on_over_a_break_with_each_line_once(
    server: ScriptedServer, logs: KubernetesLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.001)

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        if "sinceTime" in request.query:
            await response.write(at(2, "b") + at(3, "c"))
            return response
        await response.write(at(1, "a") + at(2, "b") + b"2026-11-23T10:00:03.1Z unfin")
        assert request.transport
        request.transport.abort()
        return response

    server.respond = respond
    assert await followed(logs, WEB) == ["a", "b", "c"]
    assert server.heard[1].query["sinceTime"] == "2026-11-23T10:00:02Z"


async def test_a_log_that_cannot_be_followed_says_why(server: ScriptedServer, logs: KubernetesLogs) -> None:
    server.respond = status(404, "NotFound", "…", name="web-0", kind="pods")
    with pytest.raises(NotFound, match='No pod "web-0"'):
        await followed(logs, WEB)


async def test_closing_ends_the_streams(server: ScriptedServer, logs: KubernetesLogs) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(at(1, "a"))
        await asyncio.Event().wait()
        return response

    server.respond = endless
    before = asyncio.all_tasks()
    lines: AsyncIterator[object]
    async with asyncio.timeout(120), aclosing(logs.follow(WEB)) as lines:
        await anext(lines)
    assert not [task for task in asyncio.all_tasks() - before if "_follow_one" in repr(task)]


@pytest.mark.parametrize("size", [1, 5, 64])
def test_lines_are_the_same_however_they_arrive(size: int) -> None:
    body = b"one\n\ntwo\nthree"
    lines = LogLines()
    found = [line for start in range(0, len(body), size) for line in lines.feed(body[start : start + size])]
    assert [*found, *lines.end()] == [b"one", b"", b"two", b"three"]


@pytest.mark.parametrize("stamp", ["", "2026", "2026-11-23T10:00:00", "x", "\xff"])
def test_what_is_no_time_with_a_zone_is_none(stamp: str) -> None:
    assert parse_time(stamp.encode("latin-1")) is None


@pytest.mark.parametrize(("length", "lines"), [(16_000, 1), (100, 50), (0, 128)], ids=["long", "common", "empty"])
async def test_others_get_their_turn_after_so_many_characters_in_however_few_lines(length: int, lines: int) -> None:
    turns, line = Turns(), LogLine(LogSource("web-1"), None, "x" * length)
    others = asyncio.Event()
    asyncio.get_running_loop().call_soon(others.set)
    for _ in range(lines - 1):
        await turns.worked(line)
    assert not others.is_set()
    await turns.worked(line)
    assert others.is_set()
