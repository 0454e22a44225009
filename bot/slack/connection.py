"""One Socket Mode connection, from its hello to its end; acks leave on the socket that the envelope came from.

slack_sdk's client reconnects by itself, closes the old socket first and acks on whichever is current;
one of ours never reconnects.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import aiohttp
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.errors import Unreachable
from bot.model.plan import Json
from bot.ports import Clock

ENVELOPES_AT_ONCE = 64
"""Answered side by side per socket; past that it is not read, so that a flood waits in TCP and not in memory."""
ACK_S = 3.0
"""Slack waits no longer for an ack."""
CLOSE_S = 1.0
"""Slack does not close TCP after the closing handshake (node-slack-sdk 2752): do not wait for it."""

log = logging.getLogger(__name__)

Answer = Callable[[SocketModeRequest], Awaitable[SocketModeResponse | None]]
"""None: no ack, so that Slack brings the envelope again. Never raises."""


class Ending(StrEnum):
    """Why a connection must be replaced: Slack's disconnect reasons, and what we see ourselves."""

    WARNING = "warning"
    REFRESH = "refresh_requested"
    LINK_DISABLED = "link_disabled"
    TOO_MANY = "too_many_websockets"
    CLOSED = "closed"
    STALE = "stale"
    AGED = "aged"


@dataclass(frozen=True, slots=True)
class Hello:
    """What Slack says when it has registered the connection."""

    num_connections: int
    app_id: str
    lifetime_s: float
    """About how long Slack keeps the connection."""


class HandshakeFailed(Unreachable):
    """The connection was refused, or no hello came; a ticket that was tried is spent."""

    def __init__(self, message: str, ending: Ending | None = None) -> None:
        """Keep the reason that Slack gave in place of hello."""
        super().__init__(message)
        self.ending = ending


class Connection:
    """An open socket that has said hello. `ending` is done when it must be replaced."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, hello: Hello, *, answer: Answer, clock: Clock) -> None:
        """Take over *socket*; nothing is read before `read`."""
        self.hello = hello
        self.opened_at = clock.now()
        self.heard_at: datetime = self.opened_at
        """When the last frame of any kind came, pongs included."""
        self.ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._socket = socket
        self._answer = answer
        self._clock = clock
        self._slots = asyncio.Semaphore(ENVELOPES_AT_ONCE)
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def is_open(self) -> bool:
        """Whether Slack may still send envelopes here."""
        return not self._socket.closed

    async def read(self) -> None:
        """Answer envelopes until the socket ends and all that were taken are answered."""
        try:
            async with asyncio.TaskGroup() as answering:
                async for frame in self._socket:
                    self.heard_at = self._clock.now()
                    if frame.type is aiohttp.WSMsgType.ERROR:
                        self._end(Ending.STALE)
                    await self._take(frame, answering)
        finally:
            self._end(Ending.CLOSED)

    async def drain(self, seconds: float) -> None:
        """Answer for *seconds* more, finish what was taken, then close."""
        await self._clock.sleep(seconds)
        await self.close()

    async def close(self) -> None:
        """Finish what was taken, as far as anybody still waits for it, then close."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ACK_S):
                await self._idle.wait()
        await self._socket.close()

    async def _take(self, frame: aiohttp.WSMessage, answering: asyncio.TaskGroup) -> None:
        match frame.type:
            case aiohttp.WSMsgType.PING:
                await self._socket.pong(frame.data)
            case aiohttp.WSMsgType.TEXT:
                message = _decoded(frame.data)
                if message.get("type") == "disconnect":
                    self._end(_ending(message.get("reason")))
                elif (request := SocketModeRequest.from_dict(message)) is not None:
                    await self._slots.acquire()
                    self._in_flight += 1
                    self._idle.clear()
                    answering.create_task(self._reply(request))
            case _:
                pass

    async def _reply(self, request: SocketModeRequest) -> None:
        try:
            if response := await self._answer(request):
                await self._socket.send_str(json.dumps(response.to_dict()))
        except ConnectionError:
            log.info("Socket closed before an ack could leave; what it asked for is in the inbox.")
        finally:
            self._slots.release()
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()

    def _end(self, ending: Ending) -> None:
        if not self.ending.done():
            self.ending.set_result(ending)


async def connect(
    session: aiohttp.ClientSession, url: str, *, ping_interval_s: float, hello_s: float, answer: Answer, clock: Clock
) -> Connection:
    """Open the socket behind a ticket and wait for its hello. Raises HandshakeFailed."""
    try:
        async with asyncio.timeout(hello_s):
            socket = await session.ws_connect(
                _over_http(url),
                autoping=False,
                heartbeat=ping_interval_s,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_S),
            )
            try:
                hello = await _hello(socket)
            except BaseException:
                await socket.close()
                raise
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise HandshakeFailed(f"Slack refused the socket: {type(error).__name__}.") from error
    return Connection(socket, hello, answer=answer, clock=clock)


def _over_http(url: str) -> str:
    """The same address as http or https: aiohttp looks for a proxy by scheme, and nobody sets WSS_PROXY."""
    return url.replace("ws", "http", 1) if url.startswith(("ws://", "wss://")) else url


async def _hello(socket: aiohttp.ClientWebSocketResponse) -> Hello:
    async for frame in socket:
        if frame.type is aiohttp.WSMsgType.PING:
            await socket.pong(frame.data)
        if frame.type is not aiohttp.WSMsgType.TEXT:
            continue
        message = _decoded(frame.data)
        if message.get("type") != "hello":
            raise HandshakeFailed("Slack sent no hello.", _ending(message.get("reason")))
        lifetime = (message.get("debug_info") or {}).get("approximate_connection_time") or 3600
        app_id = (message.get("connection_info") or {}).get("app_id") or ""
        return Hello(int(message.get("num_connections") or 1), str(app_id), float(lifetime))
    raise HandshakeFailed("Slack closed the socket before its hello.")


def _decoded(text: str) -> dict[str, Json]:
    try:
        message = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _ending(reason: object) -> Ending:
    try:
        return Ending(str(reason))
    except ValueError:
        return Ending.REFRESH
