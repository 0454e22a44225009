"""An outbox in memory that keeps the promises of bot.ports.Outbox: lanes, ages, parents first, claims that lapse.

That of one channel a few are claimed and namespaces take turns, PostgreSQL alone promises.
"""

import asyncio
import itertools
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.model.outgoing import Card, Document, Outgoing, Whisper
from bot.ports import Clock
from bot.ports_slack import Delivery, Location

CLAIM_S = 60.0
"""Real seconds, whatever the clock of the test does: the sender works in real time."""


@dataclass
class Row:
    """What one key wants to be in Slack."""

    item: Outgoing
    place: int
    due: float
    turn: int = 1
    claimed_turn: int = 0
    settled_turn: int = 0
    claim: int = 0
    claimed_until: float = 0.0
    attempts: int = 0
    upload: str = ""
    why: str = ""

    @property
    def is_due(self) -> bool:
        """Whether its newest version is yet to be sent."""
        return self.settled_turn < self.turn

    @property
    def is_claimed(self) -> bool:
        """Whether a sender is at it."""
        return self.claimed_until > time.monotonic()


@dataclass
class FakeOutbox:
    """One row a key; places of cards by key."""

    clock: Clock
    rows: dict[str, Row] = field(default_factory=dict)
    posted: dict[str, Location] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    at_once: list[int] = field(default_factory=list)
    """How many were under way after each claim that gave any."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def put(self, item: Outgoing) -> None:
        """Queue *item*; the latest version of its key wins, what is sent once is kept as it was."""
        row = self.rows.get(item.key)
        if row is None:
            self.rows[item.key] = Row(item, next(self._numbers), self._now())
        elif not isinstance(item, Whisper | Document):
            row.item, row.turn = item, row.turn + 1
        self._changed.set()

    async def claim(self, limit: int) -> Sequence[Delivery]:
        """As bot.ports.Outbox."""
        due = sorted(filter(self._is_claimable, self.rows.values()), key=lambda row: (row.item.lane, row.place))
        claimed = [self._claim(row) for row in due[:limit]]
        if claimed:
            self.at_once.append(sum(row.is_claimed for row in self.rows.values()))
        return claimed

    async def sent(self, delivery: Delivery, location: Location | None) -> None:
        """As bot.ports.Outbox."""
        row = self._release(delivery)
        row.settled_turn, row.attempts = row.claimed_turn, 0
        if location:
            self.posted[delivery.item.key] = location

    async def uploaded(self, delivery: Delivery, file_id: str) -> None:
        """As bot.ports.Outbox."""
        self.rows[delivery.item.key].upload = file_id

    async def postpone(self, delivery: Delivery, seconds: float, why: str) -> None:
        """As bot.ports.Outbox."""
        row = self._release(delivery)
        row.due, row.why = self._now() + seconds, why

    async def hurry(self, keys: Collection[str]) -> None:
        """As bot.ports.Outbox."""
        for key in keys:
            self.rows[key].due = min(self.rows[key].due, self._now())
        self._changed.set()

    async def give_up(self, delivery: Delivery, why: str) -> None:
        """As bot.ports.Outbox."""
        row = self._release(delivery)
        row.settled_turn, row.why = row.claimed_turn, why

    async def forget(self, key: str) -> None:
        """As bot.ports.Outbox."""
        self.posted.pop(key, None)
        self.forgotten.append(key)

    async def wait(self, timeout_s: float) -> None:
        """As bot.ports.Outbox, on the clock of the test: woken by a change, or when the next row is due."""
        pauses = [row.due - self._now() for row in self.rows.values() if row.is_due and row.due > self._now()]
        changed = asyncio.ensure_future(self._changed.wait())
        sleeping: asyncio.Future[None] = asyncio.ensure_future(self.clock.sleep(min([timeout_s, *pauses])))
        both: set[asyncio.Future[Any]] = {changed, sleeping}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
            sleeping.cancel()
        self._changed.clear()

    def crash_after(self, key: str) -> None:
        """As when the process died between Slack's answer and the note of it."""
        row = self.rows[key]
        row.settled_turn, row.attempts = row.turn - 1, 1
        self.posted.pop(key, None)
        self._changed.set()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is due any more."""
        return not any(row.is_due for row in self.rows.values())

    def _is_claimable(self, row: Row) -> bool:
        if not row.is_due or row.is_claimed or row.due > self._now():
            return False
        parent = _parent(row.item)
        return not parent or parent in self.posted

    def _claim(self, row: Row) -> Delivery:
        row.claim, row.claimed_turn = next(self._numbers), row.turn
        row.claimed_until = time.monotonic() + CLAIM_S
        row.attempts += 1
        parent = self.posted.get(_parent(row.item))
        return Delivery(row.claim, row.item, self.posted.get(row.item.key), parent, row.attempts - 1, row.upload)

    def _release(self, delivery: Delivery) -> Row:
        row = self.rows[delivery.item.key]
        if row.claim == delivery.id:
            row.claimed_until = 0.0
        self._changed.set()
        return row

    def _now(self) -> float:
        return self.clock.now().timestamp()


def _parent(item: Outgoing) -> str:
    """Key of the card that goes before it."""
    match item:
        case Card():
            return item.parent
        case Document():
            return item.follows
        case _:
            return ""
