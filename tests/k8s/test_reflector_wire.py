"""What a reflector asks a server for, what makes it read everything anew, and how long it waits after what."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

import pytest
from aiohttp import web

from bot.errors import BotError, Denied, Throttled, Unreachable
from bot.k8s.reflector import Pace, Reflector
from bot.k8s.request import Request
from bot.k8s.session import Session
from bot.model.kube.pods import Pod
from tests.k8s.reflecting import Notes, lists, reflecting, until
from tests.k8s.reflecting import streaming as then_silent
from tests.k8s.scripted_server import Respond, ScriptedServer, answering, status
from tests.k8s.virtual_time import run_virtually

COMPLETE = (
    b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7",'
    b'"annotations":{"k8s.io/initial-events-end":"true"}}}}'
)
CHANGED = b'{"type":"MODIFIED","object":{"metadata":{"uid":"a","resourceVersion":"9"}}}'
PASSED = b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"12"}}}'


def ending(*lines: bytes) -> Respond:
    """Say these lines and end the stream as a server does when its time is over."""

    async def respond(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"".join(line + b"\n" for line in lines))

    return respond


def in_order(*responds: Respond) -> Respond:
    """Answer each watch with the next; the last one goes on for ever. Lists are always answered."""
    left = list(responds)

    async def respond(request: web.Request) -> web.StreamResponse:
        if "watch" not in request.query:
            return await lists(left[0])(request)
        return await (left.pop(0) if len(left) > 1 else left[0])(request)

    return respond


async def test_it_asks_for_a_stream_of_everything_with_bookmarks_and_an_end(
    server: ScriptedServer, session: Session, notes: Notes
) -> None:
    server.respond = then_silent(COMPLETE)
    async with reflecting(session, notes):
        await until(notes, "synced")
    [asked] = server.heard
    assert {name: asked.query[name] for name in ("watch", "allowWatchBookmarks", "sendInitialEvents")} == {
        "watch": "true",
        "allowWatchBookmarks": "true",
        "sendInitialEvents": "true",
    }
    assert asked.query["resourceVersionMatch"] == "NotOlderThan"
    assert 3240 <= int(asked.query["timeoutSeconds"]) <= 3600
    assert asked.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("said", "version"),
    [
        pytest.param((COMPLETE,), "7", id="of the initial state"),
        pytest.param((COMPLETE, CHANGED), "9", id="of the last change"),
        pytest.param((COMPLETE, CHANGED, PASSED), "12", id="of a bookmark"),
    ],
)
async def test_after_a_stream_that_ended_it_goes_on_from_the_version(
    server: ScriptedServer, session: Session, notes: Notes, said: tuple[bytes, ...], version: str
) -> None:
    more = b'{"type":"ADDED","object":{"metadata":{"uid":"b","resourceVersion":"20"}}}'
    server.respond = in_order(ending(*said), then_silent(more))
    async with reflecting(session, notes):
        await until(notes, "live b@20")
    assert server.heard[1].query["resourceVersion"] == version
    assert "sendInitialEvents" not in server.heard[1].query
    assert notes.told.count("synced") == 1


TOO_LARGE = {"causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]}
LOST = {
    "410": status(410, "Expired", "too old resource version: 7 (99)"),
    "504 of a server that lags": status(504, "Timeout", "Too large resource version: 7, current: 3", **TOO_LARGE),
    "410 in the stream": ending(
        b'{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}'
    ),
    "504 in the stream": ending(
        b'{"type":"ERROR","object":{"kind":"Status","code":504,"reason":"Timeout",'
        b'"details":{"causes":[{"reason":"ResourceVersionTooLarge"}]}}}'
    ),
}


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
async def test_a_version_that_the_server_does_not_have_makes_it_read_everything_anew(
    server: ScriptedServer, session: Session, notes: Notes, lost: Respond
) -> None:
    server.respond = in_order(ending(COMPLETE), lost, then_silent(COMPLETE))
    async with reflecting(session, notes) as reflector:
        while notes.told.count("synced") < 2:  # noqa: ASYNC110  # told synchronously
            await asyncio.sleep(0.001)
        assert reflector.freshness.reconnects["history lost"] == 1
    assert ["sendInitialEvents" in heard.query for heard in server.heard] == [True, False, True]


async def test_a_stream_that_says_nothing_is_cut_and_resumed(
    server: ScriptedServer, session: Session, notes: Notes
) -> None:
    server.respond = in_order(then_silent(COMPLETE), then_silent(CHANGED))
    async with reflecting(session, notes, silence=1.0) as reflector:
        await until(notes, "live a@9")
        assert reflector.freshness.reconnects["silent"] >= 1
    assert server.heard[1].query["resourceVersion"] == "7"


async def test_a_server_that_is_away_for_long_is_asked_for_a_stream_again(
    server: ScriptedServer, session: Session, notes: Notes
) -> None:
    away = status(503, "ServiceUnavailable", "not ready")
    server.respond = in_order(*[away] * 5, then_silent(COMPLETE))
    async with reflecting(session, notes):
        await until(notes, "synced")
    assert all("sendInitialEvents" in heard.query for heard in server.heard)


async def test_a_page_of_html_is_waited_out(server: ScriptedServer, session: Session, notes: Notes) -> None:
    server.respond = in_order(answering("<html>bad gateway</html>", 502), then_silent(COMPLETE))
    async with reflecting(session, notes) as reflector:
        await until(notes, "synced")
        assert reflector.freshness.reconnects["not reached"] == 1


class Line:
    """A way to a server that fails each time as told, and notes when it was taken."""

    def __init__(self, *ends: BotError | bytes) -> None:
        self._ends = list(ends)
        self.taken_at: list[float] = []

    async def send(self, request: Request) -> None:
        raise Unreachable("Nothing is listed here.")

    @asynccontextmanager
    async def open(self, request: Request, *, silence_s: float | None = None) -> AsyncIterator["Line"]:
        self.taken_at.append(asyncio.get_running_loop().time())
        if not self._ends:
            await asyncio.Event().wait()
        if isinstance(self._ends[0], BotError):
            raise self._ends.pop(0)  # type: ignore[misc]  # a BotError, as was just asked
        yield self

    @property
    def content(self) -> "Line":
        return self

    async def iter_any(self) -> AsyncGenerator[bytes, None]:
        said = self._ends.pop(0)
        assert isinstance(said, bytes)
        yield said

    @property
    def pauses(self) -> list[float]:
        return [after - before for before, after in zip(self.taken_at, self.taken_at[1:], strict=False)]


def pauses_after(*ends: BotError | bytes) -> list[float]:
    """How long a reflector waits after each of *ends*, in virtual seconds at its real pace."""
    line = Line(*ends)

    async def run() -> None:
        reflector = Reflector(cast(Session, line), Pod, Notes(), pace=Pace())
        running = asyncio.ensure_future(reflector.run())
        while len(line.taken_at) <= len(ends):  # noqa: ASYNC110  # time is virtual
            await asyncio.sleep(0.01)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    run_virtually(run())
    return line.pauses[: len(ends)]


GONE = Unreachable("The API server could not be reached.")


def test_each_fault_in_a_row_is_waited_out_longer_up_to_half_a_minute() -> None:
    pauses = pauses_after(*[GONE] * 10)
    for number, pause in enumerate(pauses):
        longest = min(30.0, 0.8 * 2**number)
        assert longest / 2 <= pause <= longest + 0.02


def test_after_something_was_heard_the_pauses_begin_anew() -> None:
    pauses = pauses_after(*[GONE] * 6, COMPLETE + b"\n" + CHANGED + b"\n{cut", GONE)
    assert pauses[5] > 10
    assert pauses[6] <= 0.82


@pytest.mark.parametrize(
    ("error", "least"),
    [
        pytest.param(Throttled("Wait.", retry_after_s=90), 90, id="as long as the server asks"),
        pytest.param(Denied("No rule."), 30, id="until somebody may have changed a role"),
    ],
)
def test_a_pause_that_has_a_reason_is_kept(error: BotError, least: float) -> None:
    assert pauses_after(error)[0] >= least
