"""Socket Mode: tickets, hello, one connection per envelope, three seconds to acknowledge, and orderly ends."""

import asyncio
import random
import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from playground.slack.api_error import ApiError
from playground.slack.background import Background
from playground.slack.clock import Clock
from playground.slack.connections import Connection, Reason
from playground.slack.deliveries import ACK_TIMEOUT_S, Acked, Answer, EnvelopeType, Retry, Unanswered, Undelivered
from playground.slack.faults import Faults
from playground.slack.installation import Installation
from playground.slack.journal import Journal, Taken, delivered
from playground.slack.values import Json

# docs "Using Socket Mode": ten connections per app.
CONNECTION_LIMIT = 10
# As hello announces it; debug_reconnects shortens it to six minutes.
CONNECTION_LIFETIME_S = 18_060
DEBUG_LIFETIME_S = 360
# A warning comes about ten seconds before the end.
WARNING_S = 10.0
TICKET_LIFETIME_S = 30.0
# How long a client that is gone may hold up the end of its connection.
CLOSE_TIMEOUT_S = 1.0


@dataclass(slots=True)
class _Ticket:
    expires: float
    lifetime_s: int


class SocketMode:
    """A Delivery over the app's open connections; ghosts are those that only Slack believes in."""

    def __init__(
        self, *, app: Installation, clock: Clock, faults: Faults, journal: Journal, background: Background
    ) -> None:
        self._app = app
        self._clock = clock
        self._faults = faults
        self._journal = journal
        self._background = background
        self._tickets: dict[str, _Ticket] = {}
        self._pending: dict[str, asyncio.Future[Json]] = {}
        self.connections: list[Connection] = []
        self.ghosts = 0
        self.ack_timeout_s = ACK_TIMEOUT_S

    def ticket(self) -> str:
        """A single-use ticket for one connection (raises link_disabled)."""
        if self._faults.link_disabled:
            raise ApiError("link_disabled")
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = _Ticket(self._clock.now() + TICKET_LIFETIME_S, CONNECTION_LIFETIME_S)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The /link/ endpoint."""
        ticket = self._tickets.pop(request.query.get("ticket", ""), None)
        if ticket is None or ticket.expires < self._clock.now() or self._faults.refuse_handshake():
            return web.Response(status=408, text="The ticket is unknown, used or expired.")
        if request.query.get("debug_reconnects") == "true":
            ticket.lifetime_s = DEBUG_LIFETIME_S
        socket = web.WebSocketResponse(autoping=False, timeout=CLOSE_TIMEOUT_S)
        await socket.prepare(request)
        connection = Connection(
            f"applink-{secrets.token_hex(3)}", socket, over=request.transport, on_ack=self._acknowledged
        )
        if len(self.connections) + self.ghosts >= CONNECTION_LIMIT:
            await connection.disconnect(Reason.TOO_MANY_WEBSOCKETS)
            await connection.close()
            return socket
        self.connections.append(connection)
        expiry = asyncio.ensure_future(self._expire(connection, ticket.lifetime_s))
        try:
            await connection.send(self._hello(connection, ticket.lifetime_s))
            await connection.serve()
        finally:
            expiry.cancel()
            self._forget(connection)
        return socket

    async def request(
        self, envelope_type: EnvelopeType, payload: Json, *, accepts_response: bool, retry: Retry | None = None
    ) -> Answer:
        envelope_id = str(uuid.uuid4())
        frame: Json = {
            "envelope_id": envelope_id,
            "type": envelope_type.value,
            "payload": payload,
            "accepts_response_payload": accepts_response,
        }
        if retry is not None:
            frame |= {"retry_attempt": retry.attempt, "retry_reason": retry.reason}
        at, started = self._clock.now(), time.perf_counter()
        connection, answer = await self._dispatch(frame)
        taken = Taken(answer, at, time.perf_counter() - started)
        self._journal.add(
            delivered(
                envelope_id=envelope_id, kind=envelope_type, payload=payload, retry=retry, via=connection, taken=taken
            )
        )
        return answer

    def refresh(self) -> None:
        """Warn every connection and end it ten seconds later, as a deployment at Slack does."""
        for connection in self.connections:
            self._background.start(self._wind_down(connection))

    def end(self, reason: Reason) -> None:
        """Tell every connection why it ends, and end it."""
        for connection in self.connections:
            self._background.start(self._end(connection, reason))

    def drop(self) -> None:
        """Cut every connection's TCP without a word."""
        for connection in list(self.connections):
            connection.abort()

    def half_open(self) -> None:
        """Let every present connection go deaf and mute; Slack still counts and chooses it."""
        for connection in self.connections:
            connection.half_open = True

    async def close(self) -> None:
        await asyncio.gather(*(connection.close() for connection in self.connections))

    async def _dispatch(self, frame: Json) -> tuple[str | None, Answer]:
        """Send to one connection, chosen at random; one that turns out to be closed is passed over."""
        candidates: list[Connection | None] = [c for c in self.connections if c.open]
        candidates += [None] * self.ghosts
        random.shuffle(candidates)
        for connection in candidates:
            if connection is None:
                await self._clock.sleep(self.ack_timeout_s)
                return "ghost", Unanswered()
            try:
                return connection.name, await self._sent(connection, frame)
            except ConnectionError:
                self._forget(connection)
        return None, Undelivered()

    async def _sent(self, connection: Connection, frame: Json) -> Answer:
        acked: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._pending[frame["envelope_id"]] = acked
        timer = asyncio.ensure_future(self._clock.sleep(self.ack_timeout_s))
        try:
            await connection.send(frame)
            waiting: set[asyncio.Future[Any]] = {acked, timer}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            del self._pending[frame["envelope_id"]]
        if not acked.done():
            return Unanswered()
        payload = acked.result().get("payload")
        return Acked(payload if isinstance(payload, dict) else None)

    def _acknowledged(self, ack: Json) -> None:
        """Take an acknowledgement, on whichever connection of the app it comes."""
        acked = self._pending.get(ack["envelope_id"])
        if acked is not None and not acked.done():
            acked.set_result(ack)

    def _hello(self, connection: Connection, lifetime_s: int) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections) + self.ghosts,
            "connection_info": {"app_id": self._app.app_id},
            "debug_info": {
                "host": connection.name,
                "started": datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y-%m-%d %H:%M:%S.000"),
                "build_number": 1,
                "approximate_connection_time": lifetime_s,
            },
        }

    async def _expire(self, connection: Connection, lifetime_s: float) -> None:
        await self._clock.sleep(lifetime_s - WARNING_S)
        await self._wind_down(connection)

    async def _wind_down(self, connection: Connection) -> None:
        await connection.disconnect(Reason.WARNING)
        await self._clock.sleep(WARNING_S)
        await self._end(connection, Reason.REFRESH_REQUESTED)

    async def _end(self, connection: Connection, reason: Reason) -> None:
        if connection.open:
            await connection.disconnect(reason)
            await connection.close()

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
