"""The sender: brings what is due in the outbox to Slack, in order per place, inside Slack's limits.

Guarantees: a delivery is given back or finished before its claim lapses; one that may have reached Slack is looked for
before it is posted again (where our scopes let us look); one that surely did not is simply tried again; what is under
way when we must stop is brought to its end first, for a request cut off may still arrive after the look.
"""

import asyncio
import logging
from collections import Counter, OrderedDict
from typing import assert_never
from weakref import WeakValueDictionary

from bot.errors import Throttled, Unreachable, UpstreamError
from bot.model.outgoing import Card, Document, HomeContent, Outgoing, ViewContent, Whisper
from bot.ports import Clock
from bot.ports_slack import Delivery, Location, Outbox
from bot.slack.backoff import Random, full_jitter
from bot.slack.cards import Cards
from bot.slack.documents import Documents
from bot.slack.paced import OverBudget
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
PASSING = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "external_channel_migrating",
    }
)
"""Codes of Slack's that mean: later."""
DEFECT_TRIES = 5
DEFECT_PAUSE_S = 60.0
"""A defect of ours may be one of the moment, or of an older release that a newer replica replaces."""
REMEMBERED_UNSENT = 10_000
"""More than a whole outage leaves; the oldest are forgotten first."""

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
        clock: Clock,
        random: Random,
    ) -> None:
        """Deliver from *outbox*, each kind by its own."""
        self._outbox = outbox
        self._telling = Telling(outbox, clock, random)
        self._cards = cards
        self._whispers = whispers
        self._documents = documents
        self._screens = screens
        self._clock = clock
        self._random = random
        self._under_way: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._room.set()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._unsent: OrderedDict[str, int] = OrderedDict()
        """Key → attempts, as the next claim will say, that all surely did not reach Slack."""
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Deliver until cancelled, then finish what is under way."""
        async with asyncio.TaskGroup() as delivering:
            try:
                await self._deliver_due(delivering)
            finally:
                if self._under_way:
                    await asyncio.wait(self._under_way, timeout=FINISH_S)

    async def _deliver_due(self, delivering: asyncio.TaskGroup) -> None:
        """Go on for ever; when the outbox cannot be reached, try again with back-off."""
        failures = 0
        while True:
            await self._room.wait()
            try:
                full = await self._start_due(delivering)
                if not full:
                    await self._outbox.wait(IDLE_S)
                failures = 0
            except Unreachable as error:
                log.warning("The outbox cannot be reached: %s", error)
                await self._clock.sleep(full_jitter(failures, self._random))
                failures += 1

    async def _start_due(self, delivering: asyncio.TaskGroup) -> bool:
        """Claim as many as there is room for; True when more may be due."""
        room = AT_ONCE - len(self._under_way)
        deliveries = await self._outbox.claim(room)
        claimed_at = asyncio.get_running_loop().time()
        for delivery in deliveries:
            turn = self._turns.setdefault(_place(delivery.item), asyncio.Lock())
            task = delivering.create_task(self._deliver_in_turn(delivery, turn, claimed_at))
            self._under_way.add(task)
            task.add_done_callback(self._is_over)
        if len(self._under_way) >= AT_ONCE:
            self._room.clear()
        return len(deliveries) == room

    def _is_over(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._room.set()

    async def _deliver_in_turn(self, delivery: Delivery, turn: asyncio.Lock, claimed_at: float) -> None:
        async with turn:
            if asyncio.get_running_loop().time() > claimed_at + START_S:
                self._remember_unsent(delivery)
                await self._telling.postpone(delivery, 0.0, "Others of the same place took too long.")
            else:
                await self._deliver(delivery, claimed_at + DELIVER_S)

    async def _deliver(self, delivery: Delivery, deadline: float) -> None:
        """Deliver and tell the outbox how it went."""
        try:
            async with asyncio.timeout_at(deadline):
                location = await self._bring(delivery)
        except (UpstreamError, TimeoutError) as error:
            await self._settle_failure(delivery, error)
        except Exception:  # outermost frame: one message that we cannot handle must not stop the others
            log.exception("Delivering %s failed inside the bot.", delivery.item.key)
            await self._settle_defect(delivery)
        else:
            await self._telling.sent(delivery, location)
            self._unsent.pop(delivery.item.key, None)
            self.counts["sent"] += 1

    async def _bring(self, delivery: Delivery) -> Location | None:
        match delivery.item:
            case Card() as card:
                return await self._cards.deliver(delivery, card, may_be_posted=self._is_in_doubt(delivery))
            case Whisper() as whisper:
                await self._whispers.deliver(whisper)
            case Document() as document:
                await self._documents.deliver(delivery, document)
            case ViewContent() as content:
                await self._screens.deliver_view(content)
            case HomeContent() as home:
                await self._screens.deliver_home(home)
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
        if isinstance(error, Throttled | NotSent | Refused):
            self._remember_unsent(delivery)
        self.counts["over_budget" if isinstance(error, OverBudget) else "postponed"] += 1
        await self._telling.postpone(delivery, self._pause_s(delivery, error), why)

    async def _settle_defect(self, delivery: Delivery) -> None:
        self.counts["failed"] += 1
        if delivery.attempts + 1 < DEFECT_TRIES:
            await self._telling.postpone(delivery, DEFECT_PAUSE_S, "It failed inside the bot.")
        else:
            await self._telling.give_up(delivery, "It failed inside the bot each time; the log has the reason.")

    def _pause_s(self, delivery: Delivery, error: UpstreamError | TimeoutError) -> float:
        if isinstance(error, Throttled):
            return error.retry_after_s
        if isinstance(error, Refused) and error.code in TERMINAL:
            return TERMINAL_RETRY_S
        return 1.0 + full_jitter(delivery.attempts, self._random)

    def _is_in_doubt(self, delivery: Delivery) -> bool:
        """Whether an earlier attempt, here or elsewhere, may have reached Slack."""
        return delivery.attempts > self._unsent.get(delivery.item.key, 0)

    def _remember_unsent(self, delivery: Delivery) -> None:
        if self._is_in_doubt(delivery):
            return
        self._unsent[delivery.item.key] = delivery.attempts + 1
        self._unsent.move_to_end(delivery.item.key)
        while len(self._unsent) > REMEMBERED_UNSENT:
            self._unsent.popitem(last=False)


def _place(item: Outgoing) -> str:
    """What keeps its order: a channel, a modal, a person's App Home."""
    match item:
        case Card() | Whisper() | Document():
            return item.channel
        case ViewContent():
            return item.view_id
        case HomeContent():
            return item.user
        case never:
            assert_never(never)
