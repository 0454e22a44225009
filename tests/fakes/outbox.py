"""An outbox in memory that keeps the promises of bot.ports.Outbox: lanes, ages, parents first, claims that lapse."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.model.outgoing import Card, Document, HomeContent, Outgoing, ViewContent
from bot.ports import Clock, Delivery, Location

CLAIM_S = 60.0
"""Real seconds, whatever the clock of the test does: the sender works in real time."""


@dataclass
class Row:
    """One thing to send."""

    id: int
    item: Outgoing
    due: float
    claimed_until: float = 0.0
    attempts: int = 0
    state: str = "due"
    why: str = ""


@dataclass
class FakeOutbox:
    """Rows in a list; places of cards by key."""

    clock: Clock
    rows: list[Row] = field(default_factory=list)
    posted: dict[str, Location] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _last_id: int = 0

    def put(self, item: Outgoing) -> None:
        """Queue *item*; an unsent older version of its key is replaced."""
        if isinstance(item, Card | ViewContent | HomeContent):
            self.rows = [
                row for row in self.rows if row.item.key != item.key or row.state != "due" or self._claimed(row)
            ]
        self._last_id += 1
        self.rows.append(Row(self._last_id, item, self._now()))
        self._changed()

    async def claim(self, limit: int) -> Sequence[Delivery]:
        """As bot.ports.Outbox."""
        busy = {row.item.key for row in self.rows if row.state == "due" and self._claimed(row)}
        due = [row for row in self.rows if self._is_due(row) and row.item.key not in busy]
        due.sort(key=lambda row: (row.item.lane, row.id))
        return [self._claim(row) for row in due[:limit]]

    async def sent(self, delivery: Delivery, location: Location | None) -> None:
        """As bot.ports.Outbox."""
        self._row(delivery).state = "sent"
        if location:
            self.posted[delivery.item.key] = location
        self._changed()

    async def postpone(self, delivery: Delivery, seconds: float, why: str) -> None:
        """As bot.ports.Outbox."""
        row = self._row(delivery)
        row.due, row.claimed_until, row.why = self._now() + seconds, 0.0, why
        self._changed()

    async def give_up(self, delivery: Delivery, why: str) -> None:
        """As bot.ports.Outbox."""
        row = self._row(delivery)
        row.state, row.why = "given up", why
        self._changed()

    async def forget(self, key: str) -> None:
        """As bot.ports.Outbox."""
        self.posted.pop(key, None)
        self.forgotten.append(key)

    async def wait(self, timeout_s: float) -> None:
        """As bot.ports.Outbox, on the clock of the test: woken by a change, or when the next row is due."""
        pauses = [row.due - self._now() for row in self.rows if row.state == "due" and row.due > self._now()]
        waiting = asyncio.ensure_future(self.changed.wait())
        sleeping = asyncio.ensure_future(self.clock.sleep(min([timeout_s, *pauses])))
        try:
            await asyncio.wait({waiting, sleeping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            sleeping.cancel()
        self.changed.clear()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is due any more."""
        return all(row.state != "due" for row in self.rows)

    def states(self) -> dict[str, int]:
        """How many rows are in each state."""
        return {state: sum(row.state == state for row in self.rows) for state in {row.state for row in self.rows}}

    def _claim(self, row: Row) -> Delivery:
        row.claimed_until = time.monotonic() + CLAIM_S
        row.attempts += 1
        parent = getattr(row.item, "parent", "")
        return Delivery(row.id, row.item, self.posted.get(row.item.key), self.posted.get(parent), row.attempts - 1)

    def _is_due(self, row: Row) -> bool:
        if row.state != "due" or row.due > self._now() or self._claimed(row):
            return False
        return not (isinstance(row.item, Card | Document) and row.item.parent and row.item.parent not in self.posted)

    def _claimed(self, row: Row) -> bool:
        return row.claimed_until > time.monotonic()

    def _row(self, delivery: Delivery) -> Row:
        return next(row for row in self.rows if row.id == delivery.id)

    def _changed(self) -> None:
        self.changed.set()

    def _now(self) -> float:
        return self.clock.now().timestamp()
