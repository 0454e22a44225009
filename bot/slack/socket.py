"""The supervisor of Socket Mode: keeps sockets open, each successor in place before its predecessor goes.

Guarantees: while Slack lets us connect, at least one socket with hello is open through every planned reconnect;
an envelope that was taken is answered on its own socket; a spent ticket is never used again; what a retry cannot
mend is asked again every 5 minutes only.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime

from bot.errors import Throttled, Unreachable
from bot.ports import Clock
from bot.slack.backoff import Random, full_jitter
from bot.slack.connection import Answer, Connection, Ending, HandshakeFailed, connect
from bot.slack.health import SocketHealth
from bot.slack.reconnects import Reconnects
from bot.slack.settings import SocketSettings
from bot.slack.web import Refused, Web

TERMINAL = frozenset(
    {
        "not_authed",
        "invalid_auth",
        "account_inactive",
        "token_revoked",
        "user_removed_from_team",
        "team_disabled",
        "missing_scope",
        "not_allowed_token_type",
        "link_disabled",
    }
)
"""Refusals that only a person can mend."""
TERMINAL_RETRY_S = 300.0
"""A person mends it, and need not start the bot anew."""
CROWDED_S = 60.0
"""After too_many_websockets: ghosts need about this long to be forgotten by Slack."""
CROWDED_AT = 8
"""Of Slack's cap of 10; past this, a replica keeps its first socket only."""
SHORT_LIFE_S = 5.0
SHORT_LIVES_FREE = 3
"""So many short-lived sockets in a row are replaced at once; after that the back-off grows."""
AGE_SHARE = 0.8
"""Of the lifetime that Slack announces; members differ a little, so that they are not replaced together."""
CHURN_LIMIT_PER_MIN = 5
"""Slack replaces a socket every few hours: more than this is a fault, and told as one."""
PONGS_MISSED = 3
"""One may be late on a busy machine; after three, health tells that nothing is heard."""

log = logging.getLogger(__name__)


class SocketSupervisor:
    """Sockets of one replica."""

    def __init__(
        self, *, web: Web, app_token: str, answer: Answer, clock: Clock, random: Random, settings: SocketSettings
    ) -> None:
        """Open nothing yet; *answer* turns an envelope into its ack and never raises."""
        self._web = web
        self._app_token = app_token
        self._answer = answer
        self._clock = clock
        self._random = random
        self._settings = settings
        self._live: list[Connection] = []
        self._opening = asyncio.Lock()
        self._refused = ""
        self._reconnects = Reconnects()
        self._last_hello: datetime | None = None
        self._num_connections = 0

    async def run(self) -> None:
        """Keep the sockets open until cancelled; then open nothing, finish the acks, close the sockets last."""
        async with asyncio.TaskGroup() as self._reading:
            try:
                async with asyncio.TaskGroup() as members:
                    for member in range(self._settings.sockets):
                        members.create_task(self._keep(member))
            finally:
                await asyncio.gather(*(connection.close() for connection in self._live))

    def health(self) -> SocketHealth:
        """Say how it stands now."""
        now = self._clock.now()
        live = [connection for connection in self._live if connection.is_open]
        pong_age_s = min(((now - connection.heard_at).total_seconds() for connection in live), default=None)
        churn = self._reconnects.per_minute(now)
        why_not = self._why_not(len(live), pong_age_s, churn)
        return SocketHealth(
            ready=not why_not,
            why_not=why_not,
            sockets=len(live),
            last_hello=self._last_hello,
            pong_age_s=pong_age_s,
            reconnects=dict(self._reconnects.by_reason),
            num_connections=self._num_connections,
            ghosts=max(0, self._num_connections - self._settings.sockets * self._settings.replicas - 1),
            churn_per_min=churn,
            is_refused=bool(self._refused),
        )

    def _why_not(self, live: int, pong_age_s: float | None, churn: int) -> str:
        if self._refused:
            return f"Slack refuses the app: {self._refused}."
        if not live:
            return "No socket to Slack is open."
        if pong_age_s is not None and pong_age_s > PONGS_MISSED * self._settings.ping_interval_s:
            return f"Slack has been silent for {pong_age_s:.0f} s."
        if churn > CHURN_LIMIT_PER_MIN:
            return f"Slack dropped {churn} sockets in the last minute."
        return ""

    async def _keep(self, member: int) -> None:
        """Hold one member's place: open, wait for the end, replace."""
        current = await self._open(member)
        short_lives = 0
        while True:
            ending = await self._end_of(current, member)
            self._reconnects.add(ending, self._clock.now())
            log.info("Socket %d of %d ends: %s.", member + 1, self._settings.sockets, ending.value)
            lived_s = (self._clock.now() - current.opened_at).total_seconds()
            short_lives = short_lives + 1 if lived_s < SHORT_LIFE_S else 0
            await self._clock.sleep(await self._pause_before_successor(ending, current, short_lives))
            successor = await self._open(member)
            self._reading.create_task(self._retire(current))
            current = successor

    async def _pause_before_successor(self, ending: Ending, current: Connection, short_lives: int) -> float:
        if ending is Ending.TOO_MANY:
            await current.close()
            return CROWDED_S * (1 + self._random())
        if ending is Ending.LINK_DISABLED:
            await current.close()
            self._refuse(ending.value)
            return TERMINAL_RETRY_S
        if short_lives > SHORT_LIVES_FREE:
            return full_jitter(short_lives - SHORT_LIVES_FREE, self._random)
        return 0.0

    async def _end_of(self, connection: Connection, member: int) -> Ending:
        lifetime_s = (
            connection.hello.lifetime_s * AGE_SHARE * (1 - 0.2 * (member + self._random()) / self._settings.sockets)
        )
        async with asyncio.TaskGroup() as waiting:
            ageing = waiting.create_task(self._clock.sleep(lifetime_s))
            both: set[asyncio.Future[None] | asyncio.Future[Ending]] = {ageing, connection.ending}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            ageing.cancel()
        return connection.ending.result() if connection.ending.done() else Ending.AGED

    async def _retire(self, connection: Connection) -> None:
        await connection.drain(self._settings.drain_s)

    async def _open(self, member: int) -> Connection:
        """Try until a socket has said hello, one member at a time."""
        attempt = 0
        while True:
            async with self._opening:
                try:
                    connection = await self._connect()
                except (Refused, Throttled, Unreachable) as error:
                    pause_s = self._pause_after(error, attempt)
                else:
                    if not member or connection.hello.num_connections <= CROWDED_AT:
                        return connection
                    log.warning("Slack counts %d sockets; this replica does with fewer.", self._num_connections)
                    await connection.close()
                    pause_s = CROWDED_S * (1 + self._random())
            attempt += 1
            await self._clock.sleep(pause_s)

    async def _connect(self) -> Connection:
        opened = await self._web.call(self._web.api.apps_connections_open, app_token=self._app_token)
        connection = await connect(
            self._web.session,
            opened["url"],
            ping_interval_s=self._settings.ping_interval_s,
            hello_s=self._settings.hello_s,
            answer=self._answer,
            clock=self._clock,
        )
        self._refused = ""
        self._last_hello = connection.opened_at
        self._num_connections = connection.hello.num_connections
        self._live.append(connection)
        self._reading.create_task(self._read(connection))
        return connection

    async def _read(self, connection: Connection) -> None:
        try:
            await connection.read()
        finally:
            with suppress(ValueError):
                self._live.remove(connection)

    def _pause_after(self, error: Refused | Throttled | Unreachable, attempt: int) -> float:
        if isinstance(error, Throttled):
            return error.retry_after_s
        if isinstance(error, Refused) and error.code in TERMINAL:
            self._refuse(error.code)
            return TERMINAL_RETRY_S
        if isinstance(error, HandshakeFailed) and error.ending is Ending.LINK_DISABLED:
            self._refuse(error.ending.value)
            return TERMINAL_RETRY_S
        if isinstance(error, HandshakeFailed) and error.ending is Ending.TOO_MANY:
            return CROWDED_S * (1 + self._random())
        log.info("No socket to Slack: %s Trying again.", error)
        return full_jitter(attempt, self._random)

    def _refuse(self, code: str) -> None:
        if code != self._refused:
            log.error("Slack refuses the app (%s); asking again every %d min.", code, TERMINAL_RETRY_S // 60)
        self._refused = code
