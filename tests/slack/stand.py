"""A test stand: the Slack side and the practice Slack, and what tests do with both."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from bot.ports_slack import Inbox, Outbox
from bot.slack.features import NO_FEATURES, Features
from bot.slack.settings import HttpSettings, SlackSettings, SocketSettings
from bot.slack.side import SlackSide, open_slack
from bot.store import PostgresLedger
from playground.slack.api.call import Args
from playground.slack.journal import Called, Delivered
from playground.slack.server import PracticeSlack
from playground.slack.values import Message
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox

MAYA, JON, OMAR, GUS = "U0MAYA0001", "U0JON00001", "U0OMAR0001", "U0GUS00001"
ONE_SOCKET = SocketSettings(sockets=1)
ENDLESS = 1_000_000
"""Deeds of one person in a minute: tests are faster than people."""
LOOK_EVERY_S = 0.005
PATIENT_S = 1.5
"""Before an ack: what is fast may be slow on a shared machine."""
GIVE_UP_S = 240.0
"""Real seconds; generous for a slow shared machine."""


class Stand:
    """Use as an async context manager; leaves when the Slack side is ready."""

    def __init__(
        self,
        practice: PracticeSlack,
        *,
        inbox: FakeInbox,
        outbox: FakeOutbox,
        clock: SharedClock,
        socket: SocketSettings = ONE_SOCKET,
        features: Features = NO_FEATURES,
        ledger: PostgresLedger | None = None,
        http: HttpSettings | None = None,
        deeds_per_minute: int = ENDLESS,
        ack_within_s: float = PATIENT_S,
    ) -> None:
        """Run against *practice*; a real *ledger* takes the place of both fakes."""
        self.practice = practice
        self.inbox = inbox
        self.outbox = outbox
        self.clock = clock
        self.side: SlackSide
        self._features = features
        self._ports: tuple[Inbox, Outbox] = (ledger or inbox, ledger or outbox)
        self._settings = SlackSettings(
            bot_token=practice.bot_token,
            app_token=practice.app_token,
            api_url=practice.api_url,
            socket=socket,
            http=http,
            deeds_per_minute=deeds_per_minute,
            ack_within_s=ack_within_s,
        )
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start and wait until it is ready."""
        inbox, outbox = self._ports
        self.side = await self._stack.enter_async_context(
            open_slack(self._settings, inbox=inbox, outbox=outbox, clock=self.clock, random=lambda: 0.5)
        )
        self._running = asyncio.ensure_future(self.side.run(self._features))
        await until(lambda: self.side.health().ready)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop as SIGTERM does."""
        await self.stop()
        await self._stack.aclose()

    async def stop(self) -> None:
        """Cancel the run and wait for its end."""
        self._running.cancel()
        await asyncio.wait({self._running})
        if not self._running.cancelled() and (failure := self._running.exception()):
            raise failure

    def channel(self, name: str) -> str:
        """The id of a channel by its name."""
        channel = self.practice.workspace.channel(name)
        assert channel is not None
        return channel.id

    def cause(self, name: str, **arguments: Any) -> None:
        """Break one thing in the practice Slack."""
        self.practice.control.cause(name, Args(arguments))

    def messages(self, channel: str) -> list[Message]:
        """What stands in a channel, threads included."""
        return list(self.practice.workspace.messages.get(channel, {}).values())

    def whispers(self, person: str) -> list[Message]:
        """What only *person* sees now."""
        return [message for message in self.practice.workspace.ephemerals.values() if message.ephemeral_to == person]

    def calls(self, method: str) -> list[Called]:
        """The Web API calls of *method* so far."""
        return [call for call in self.practice.journal.calls if call.method == method]

    def deliveries(self) -> list[Delivered]:
        """The envelopes so far."""
        return list(self.practice.journal.deliveries)


async def until(condition: Callable[[], object]) -> None:
    """Look until *condition* holds."""
    async with asyncio.timeout(GIVE_UP_S):
        while not condition():  # noqa: ASYNC110 - what is looked at tells nobody when it changes
            await asyncio.sleep(LOOK_EVERY_S)
