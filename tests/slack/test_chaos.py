"""Ten thousand deeds while sockets are cycled, cut, half-opened, refused: none lost after its ack, none run twice."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from bot.model.incoming import Click, Command
from bot.slack.settings import SocketSettings
from playground.slack.server import PracticeSlack
from playground.slack.stage import Outcome
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.stand import MAYA, Stand
from tests.slack.test_receiving import card_with_buttons

DEEDS = 10_000
PEOPLE = 16
TROUBLES = ("refresh", "reconnect", "drop", "half-open", "refuse", "duplicate")
TROUBLE_EVERY = 250
SCALE = 10
"""Time runs so much faster that Slack waits 0.3 s for an ack, and back-off takes moments."""
SOCKETS = SocketSettings(sockets=2, ping_interval_s=0.5)
TRY_AGAIN_S = 0.02


class Crowd:
    """People who press on until Slack says that their deed was acked."""

    def __init__(self, stand: Stand) -> None:
        """Nobody has done anything yet."""
        self.attempts: Counter[int] = Counter()
        self._stand = stand
        self._card = card_with_buttons(stand)
        self._numbers = itertools.count()

    async def act(self) -> None:
        """Do one deed after the other."""
        while (number := next(self._numbers)) < DEEDS:
            while not (await self._do(number)).ok:  # noqa: ASYNC110 - a person tries again
                await asyncio.sleep(TRY_AGAIN_S)

    async def _do(self, number: int) -> Outcome:
        self.attempts[number] += 1
        people, card = self._stand.practice.people, self._card
        if number % 2:
            return await people.click(MAYA, card.channel, card.ts, "b1", "run:1")
        return await people.say(MAYA, card.channel, f"/saas restart worker-{number}")


async def make_trouble(stand: Stand) -> None:
    """Break something every few hundred deeds, until cancelled."""
    choice, quiet_until = random.Random(7), TROUBLE_EVERY
    while True:
        await asyncio.sleep(TRY_AGAIN_S)
        if len(stand.inbox.items) >= quiet_until:
            quiet_until += TROUBLE_EVERY
            stand.cause(choice.choice(TROUBLES))


@pytest.fixture
async def stand(practice: PracticeSlack) -> AsyncIterator[Stand]:
    """A stand that finds dead peers soon, in fast time."""
    practice.clock.rescale(SCALE)
    clock = SharedClock(practice.clock)
    inbox, outbox = FakeInbox(), FakeOutbox(clock)
    async with Stand(practice, inbox=inbox, outbox=outbox, clock=clock, socket=SOCKETS) as standing:
        yield standing


async def test_ten_thousand_deeds_survive_every_trouble(stand: Stand) -> None:
    crowd = Crowd(stand)
    troubling = asyncio.ensure_future(make_trouble(stand))
    await asyncio.gather(*(crowd.act() for _ in range(PEOPLE)))
    troubling.cancel()
    taken = list(stand.inbox.items.values())
    commands = Counter(item.text for item in taken if isinstance(item, Command))
    clicks = sum(isinstance(item, Click) for item in taken)
    attempts = crowd.attempts
    assert set(commands) == {f"restart worker-{number}" for number in range(0, DEEDS, 2)}
    assert all(count <= attempts[int(text.rpartition("-")[2])] for text, count in commands.items())
    assert DEEDS // 2 <= clicks <= sum(attempts[number] for number in range(1, DEEDS, 2))
    socket = stand.side.health().socket
    assert socket is not None
    assert sum(socket.reconnects.values()) > DEEDS / TROUBLE_EVERY / 2
    assert stand.ack_p99_ms() < 300
