"""What Slack answers through a response_url, in our words; the address is a secret, and the pause is in seconds."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import Throttled, Unreachable, UpstreamError
from bot.slack.responding import respond
from bot.slack.web import DEFAULT_RETRY_AFTER_S, Refused


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def answered(session: aiohttp.ClientSession, status: int, **headers: str) -> UpstreamError:
    """What *respond* makes of such an answer."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers)

    app = web.Application()
    app.router.add_post("/", answer)
    async with TestServer(app) as server:
        with pytest.raises(UpstreamError) as raised:
            await respond(session, str(server.make_url("/")), {"text": "No."})
    return raised.value


@pytest.mark.parametrize(
    ("asked", "pause_s"),
    [("7", 7.0), ("Wed, 21 Oct 2026 07:28:00 GMT", DEFAULT_RETRY_AFTER_S), ("", DEFAULT_RETRY_AFTER_S)],
    ids=["seconds", "a date", "nothing"],
)
async def test_a_pause_is_kept_however_it_is_written(
    session: aiohttp.ClientSession, asked: str, pause_s: float
) -> None:
    error = await answered(session, 429, **{"Retry-After": asked})
    assert isinstance(error, Throttled)
    assert error.retry_after_s == pause_s


@pytest.mark.parametrize(("status", "kind"), [(404, Refused), (500, Unreachable), (503, Unreachable)])
async def test_what_is_used_up_is_told_from_what_fails(
    session: aiohttp.ClientSession, status: int, kind: type[UpstreamError]
) -> None:
    assert isinstance(await answered(session, status), kind)


async def test_where_nobody_listens_nothing_was_sent(session: aiohttp.ClientSession, unused_tcp_port: int) -> None:
    with pytest.raises(Unreachable, match="cannot be reached"):
        await respond(session, f"http://127.0.0.1:{unused_tcp_port}/", {"text": "No."})
