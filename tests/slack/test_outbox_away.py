"""While the outbox cannot be read, the sender asks again every 2 s at least: it is soon used once back."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.errors import Unreachable
from bot.model.outgoing import Message, Whisper
from bot.ports_slack import Delivery
from playground.slack.server import PracticeSlack
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.stand import MAYA, Stand, until

LONGEST_S = 2.0


@dataclass
class AwayOutbox(FakeOutbox):
    """Away for the first few claims; knows who claims."""

    away: int = field(default=12, kw_only=True)
    sender: "asyncio.Task[None] | None" = None

    async def claim(self, limit: int) -> Sequence[Delivery]:
        """As bot.ports_slack.Outbox, at last."""
        self.sender = asyncio.current_task()
        if self.away:
            self.away -= 1
            raise Unreachable("The database does not answer.")
        return await super().claim(limit)


async def test_the_sender_pauses_for_two_seconds_at_most(practice: PracticeSlack) -> None:
    practice.clock.rescale(100)
    pauses: list[float] = []

    class Noted(SharedClock):
        async def sleep(self, seconds: float) -> None:
            if asyncio.current_task() is outbox.sender:
                pauses.append(seconds)
            await super().sleep(seconds)

    clock = Noted(practice.clock)
    outbox = AwayOutbox(clock)
    async with Stand(practice, inbox=FakeInbox(), outbox=outbox, clock=clock) as stand:
        outbox.put(Whisper("w", stand.channel("ops"), MAYA, Message("for you")))
        await until(lambda: stand.whispers(MAYA))
    assert len(pauses) == 12
    assert 0 < max(pauses) <= LONGEST_S
