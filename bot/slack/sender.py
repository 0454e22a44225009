"""The sender: brings what is due in the outbox to Slack, in order per place, inside Slack's limits.

Guarantees: a delivery is given back or finished before its claim lapses; one that may have reached Slack is looked for
before it is posted again (where our scopes let us look); one that surely did not is simply tried again; while Slack
fails one at a time is tried, and once it is back the most urgent goes first; what is under way when we must stop is
brought to its end first, for a request cut off may still arrive after the look.
"""

import asyncio
import logging
from collections import Counter
from typing import assert_never
from weakref import WeakValueDictionary

from bot.errors import Throttled, Unreachable, UpstreamError
from bot.model.outgoing import Card, Document, HomeContent, Outgoing, Reaction, ViewContent, Whisper
from bot.ports import Clock
from bot.ports_slack import Delivery, Location, Outbox
from bot.slack.attempts import Attempts
from bot.slack.backoff import DATABASE_LONGEST_S, LONGEST_S, Random, full_jitter
from bot.slack.cards import Cards
from bot.slack.documents import Documents
from bot.slack.outage import FAILING, Outage, is_failure
from bot.slack.paced import OverBudget
from bot.slack.reactions import Reactions
from bot.slack.screens import Screens
from bot.slack.socket import TERMINAL, TERMINAL_RETRY_S
from bot.slack.telling import Telling
from bot.slack.web import NotSent, Refused
from bot.slack.whispers import Whispers

AT_ONCE = 16
"""Deliveries under way; those of one place go one after the other."""
START_S = 20.0
DELIVER_S = 45.0
"""After the claim, which lapses after 60 s: what has not begun by START_S, or ended by DELIVER_S, is given back."""
FINISH_S = 10.0
"""What is under way when we must stop gets so long: cut off, nobody would know whether it reached Slack."""
IDLE_S = 5.0
"""Look again at least this often, should a wake-up be lost."""
PASSING = FAILING | {"team_added_to_org", "external_channel_migrating"}
"""Codes of Slack's that mean: later."""
DEFECT_TRIES = 5
DEFECT_PAUSE_S = 60.0
"""A defect of ours may be one of the moment, or of an older release that a newer replica replaces."""
SET_BACK_S = 15.0
"""What failed with all of Slack waits no longer than that, also where nobody is left to say that Slack is back."""
LANE_S = 1.0
"""When Slack has asked for a pause, each lane comes so much after the one before it."""

log = logging.getLogger(__name__)


class Sender:
    """Delivers for one replica."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        cards: Cards,
        whispers: Whispers,
        documents: Documents,
        screens: Screens,
        reactions: Reactions,
        outage: Outage,
        clock: Clock,
        random: Random,
    ) -> None:
        """Deliver from *outbox*, each kind by its own; *outage* hears of Slack from others, too."""
        self._outbox = outbox
        self._telling = Telling(outbox, clock, random)
        self._cards = cards
        self._whispers = whispers
        self._documents = documents
        self._screens = screens
        self._reactions = reactions
        self._outage = outage
        self._clock = clock
        self._random = random
        self._under_way: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._attempts = Attempts()
        self._set_back: set[str] = set()
        """Keys of what failed with all of Slack."""
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Deliver until cancelled, then finish what is under way."""
        async with asyncio.TaskGroup() as delivering:
            recovering = delivering.create_task(self._recover())
            try:
                await self._deliver_due(delivering)
            finally:
                recovering.cancel()
                if self._under_way:
                    await asyncio.wait(self._under_way, timeout=FINISH_S)

    async def _recover(self) -> None:
        """After each outage: what was set back is due before anything else is claimed, so that its lane counts."""
        while True:
            await self._outage.heard_again()
            keys, self._set_back = self._set_back, set()
            await self._telling.hurry(keys)
            self._outage.end()
            self._room.set()

    async def _deliver_due(self, delivering: asyncio.TaskGroup) -> None:
        """Go on for ever; when the outbox cannot be reached, try again with back-off."""
        failures = 0
        while True:
            await self._has_room()
            await self._outage.pause()
            try:
                full = await self._start_due(delivering)
                if not full:
                    await self._outbox.wait(IDLE_S)
                failures = 0
            except Unreachable as error:
                log.log(logging.DEBUG if failures else logging.WARNING, "The outbox cannot be reached: %s", error)
                await self._clock.sleep(full_jitter(failures, self._random, longest_s=DATABASE_LONGEST_S))
                failures += 1

    async def _start_due(self, delivering: asyncio.TaskGroup) -> bool:
        """Claim as many as there is room for; True when more may be due."""
        room = self._free
        deliveries = await self._outbox.claim(room)
        claimed_at = asyncio.get_running_loop().time()
        for delivery in deliveries:
            turn = self._turns.setdefault(_place(delivery.item), asyncio.Lock())
            task = delivering.create_task(self._deliver_in_turn(delivery, turn, claimed_at))
            self._under_way.add(task)
            task.add_done_callback(self._is_over)
        return len(deliveries) == room

    @property
    def _free(self) -> int:
        return (1 if self._outage.is_on else AT_ONCE) - len(self._under_way)

    async def _has_room(self) -> None:
        while self._free <= 0:
            self._room.clear()
            await self._room.wait()

    def _is_over(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._room.set()

    async def _deliver_in_turn(self, delivery: Delivery, turn: asyncio.Lock, claimed_at: float) -> None:
        async with turn:
            if asyncio.get_running_loop().time() > claimed_at + START_S:
                self._remember(delivery, reached=False)
                await self._telling.postpone(delivery, 0.0, "Others of the same place took too long.")
            else:
                await self._deliver(delivery, claimed_at)

    async def _deliver(self, delivery: Delivery, claimed_at: float) -> None:
        """Deliver and tell the outbox how it went."""
        try:
            async with asyncio.timeout_at(claimed_at + DELIVER_S):
                location = await self._bring(delivery, claimed_at)
        except (UpstreamError, TimeoutError) as error:
            await self._settle_failure(delivery, error)
        except Exception:  # outermost frame: one message that we cannot handle must not stop the others
            log.exception("Delivering %s failed inside the bot.", delivery.item.key)
            await self._settle_defect(delivery)
        else:
            await self._telling.sent(delivery, location)
            self._outage.heard()
            self._attempts.forget(delivery.item.key)
            self.counts["sent"] += 1

    async def _bring(self, delivery: Delivery, claimed_at: float) -> Location | None:
        match delivery.item:
            case Card() as card:
                unheard_at = self._attempts.unheard_at(delivery, claimed_at)
                return await self._cards.deliver(delivery, card, unheard_at=unheard_at)
            case Whisper() as whisper:
                await self._whispers.deliver(whisper)
            case Document() as document:
                await self._documents.deliver(delivery, document)
            case ViewContent() as content:
                await self._screens.deliver_view(content)
            case HomeContent() as home:
                await self._screens.deliver_home(home)
            case Reaction() as reaction:
                await self._reactions.deliver(reaction)
            case never:
                assert_never(never)
        return None

    async def _settle_failure(self, delivery: Delivery, error: UpstreamError | TimeoutError) -> None:
        why = str(error) or "Slack gave no answer in time."
        if isinstance(error, Refused) and error.code not in PASSING | TERMINAL:
            log.error("%s cannot be delivered: %s %s", delivery.item.key, why, "; ".join(error.details))
            self.counts["given_up"] += 1
            await self._telling.give_up(delivery, why)
            return
        self._remember(delivery, reached=not isinstance(error, Throttled | NotSent | Refused))
        self.counts["over_budget" if isinstance(error, OverBudget) else "postponed"] += 1
        if isinstance(error, TimeoutError) or is_failure(error):
            await self._set_aside(delivery, why)
        else:
            await self._telling.postpone(delivery, self._pause_s(delivery, error), why)

    async def _set_aside(self, delivery: Delivery, why: str) -> None:
        """Until Slack is back; what failed again while Slack took others waits longer and longer."""
        is_to_blame = not self._outage.is_on and delivery.attempts > 0
        self._outage.failed()
        longest_s = LONGEST_S if is_to_blame else SET_BACK_S
        pause_s = 1.0 + full_jitter(delivery.attempts, self._random, longest_s=longest_s)
        await self._telling.postpone(delivery, pause_s, why)
        if is_to_blame:
            return
        if self._outage.is_on:
            self._set_back.add(delivery.item.key)
        else:  # it has ended while the outbox was told
            await self._telling.hurry({delivery.item.key})

    async def _settle_defect(self, delivery: Delivery) -> None:
        self.counts["failed"] += 1
        if delivery.attempts + 1 < DEFECT_TRIES:
            await self._telling.postpone(delivery, DEFECT_PAUSE_S, "It failed inside the bot.")
        else:
            await self._telling.give_up(delivery, "It failed inside the bot each time; the log has the reason.")

    def _pause_s(self, delivery: Delivery, error: UpstreamError) -> float:
        if isinstance(error, Throttled):
            return error.retry_after_s + LANE_S * delivery.item.lane
        if isinstance(error, Refused) and error.code in TERMINAL:
            return TERMINAL_RETRY_S
        return 1.0 + full_jitter(delivery.attempts, self._random)

    def _remember(self, delivery: Delivery, *, reached: bool) -> None:
        self._attempts.remember(delivery, now=asyncio.get_running_loop().time(), reached=reached)


def _place(item: Outgoing) -> str:
    """What keeps its order: a channel, a modal, a person's App Home, the emoji on a message."""
    match item:
        case Card() | Whisper() | Document():
            return item.channel
        case ViewContent():
            return item.view_id
        case HomeContent():
            return item.user
        case Reaction():
            return f"{item.channel}:{item.ts}"
        case never:
            assert_never(never)
