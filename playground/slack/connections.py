"""One open Socket Mode connection of the app."""

import asyncio
import json
from asyncio import Transport
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum

from aiohttp import WSMessage, WSMsgType, web

from playground.slack.values import Json

# Slack's servers ping too; a client may take silence of its peer for death.
PING_INTERVAL_S = 30.0

OnAck = Callable[[Json], None]


class Reason(StrEnum):
    """Why Slack ends a connection, in its disconnect frame."""

    WARNING = "warning"
    REFRESH_REQUESTED = "refresh_requested"
    LINK_DISABLED = "link_disabled"
    TOO_MANY_WEBSOCKETS = "too_many_websockets"


class Connection:
    """Sends envelopes and hands acknowledgements on; half_open makes it deaf and mute, as a lost route does."""

    def __init__(self, name: str, socket: web.WebSocketResponse, *, over: Transport | None, on_ack: OnAck) -> None:
        self.name = name
        self.half_open = False
        self._socket = socket
        self._transport = over
        self._on_ack = on_ack

    @property
    def open(self) -> bool:
        return not self._socket.closed

    async def send(self, frame: Json) -> None:
        if not self.half_open:
            await self._socket.send_json(frame)

    async def disconnect(self, reason: Reason) -> None:
        with suppress(ConnectionError):
            await self.send({"type": "disconnect", "reason": reason.value, "debug_info": {"host": self.name}})

    async def close(self) -> None:
        await self._socket.close()

    def abort(self) -> None:
        """Cut the TCP connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    async def serve(self) -> None:
        """Read until the client goes away."""
        pinging = asyncio.get_running_loop().create_task(self._ping())
        try:
            async for message in self._socket:
                await self._receive(message)
        finally:
            pinging.cancel()

    async def _receive(self, message: WSMessage) -> None:
        if self.half_open:
            return
        match message.type:
            case WSMsgType.PING:
                await self._socket.pong(message.data)
            case WSMsgType.TEXT:
                frame = _parsed(message.data)
                if frame is not None and isinstance(frame.get("envelope_id"), str):
                    self._on_ack(frame)
            case _:
                pass

    async def _ping(self) -> None:
        while self.open:
            await asyncio.sleep(PING_INTERVAL_S)
            if not self.half_open:
                await self._socket.ping(f"Ping from {self.name}".encode())


def _parsed(text: str) -> Json | None:
    try:
        frame = json.loads(text)
    except ValueError:
        return None
    return frame if isinstance(frame, dict) else None
