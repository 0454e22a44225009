"""What Slack has answered is told to the outbox until it listens: an outage in between sends nothing twice."""

from dataclasses import dataclass, field

from bot.errors import Unreachable
from bot.model.outgoing import Message, Whisper
from bot.ports_slack import Delivery, Location
from playground.slack.server import PracticeSlack
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.stand import MAYA, Stand, until


@dataclass
class DeafOutbox(FakeOutbox):
    """Does not hear the first few times how a delivery went."""

    deaf: int = field(default=3, kw_only=True)

    async def sent(self, delivery: Delivery, location: Location | None) -> None:
        """As bot.ports.Outbox, at last."""
        if self.deaf:
            self.deaf -= 1
            raise Unreachable("The database does not answer.")
        await super().sent(delivery, location)


async def test_a_whisper_is_said_once_though_the_database_was_away_when_it_was(practice: PracticeSlack) -> None:
    practice.clock.rescale(100)
    clock = SharedClock(practice.clock)
    outbox = DeafOutbox(clock)
    async with Stand(practice, inbox=FakeInbox(), outbox=outbox, clock=clock) as stand:
        outbox.put(Whisper("w", stand.channel("ops"), MAYA, Message("for you")))
        await until(lambda: not outbox.rows["w"].is_due)
        assert [message.text for message in stand.whispers(MAYA)] == ["for you"]
        assert stand.side.health().counts["sent"] == 1
