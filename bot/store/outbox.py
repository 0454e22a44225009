"""The outbox: what shall be in Slack, one row per message, until the sender says that it is."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import assert_never

import msgspec

from bot.model.backlog import Backlog
from bot.model.outgoing import Card, Document, HomeContent, Message, Outgoing, Reaction, ViewContent, Whisper
from bot.ports_slack import Delivery, Location
from bot.store.database import Connection, Row
from bot.store.held import Held
from bot.store.repository import Repository, storable
from bot.store.statements import statements
from bot.store.wakeups import Topic

SQL = statements("outbox")

log = logging.getLogger(__name__)

OF_ONE_CHANNEL = 4
"""Claimed at once: they go one after the other, and others wait behind them whatever comes."""
CLAIM = timedelta(seconds=60)
"""As the port promises: the slowest call to Slack is over by then."""
UNREADABLE = timedelta(minutes=1)
"""Until a replica of the version that wrote it may have come."""
KEPT = timedelta(days=7)
"""Sent or given up: for a look at what went wrong last week."""
BUTTONS_KEPT = timedelta(days=90)
"""A button older than that answers that it is too old."""


async def put(connection: Connection, item: Outgoing) -> None:
    """Hand *item* to the sender, within a transaction."""
    parent = channel = namespace = ""
    match item:
        case Card():
            parent, channel, namespace = item.parent, item.channel, item.namespace
        case Document():
            parent, channel = item.follows, item.channel
        case Whisper():
            channel = item.channel
        case ViewContent() | HomeContent() | Reaction():
            pass
        case _:
            assert_never(item)
    statement = SQL["put_once"] if isinstance(item, Whisper | Document) else SQL["put_latest"]
    body = msgspec.json.encode(item).decode()
    await connection.execute(statement, item.key, body, int(item.lane), parent, channel, namespace)
    lines = [(button, storable(line)) for button, line in sorted(lines_of(item).items())]
    if lines:
        await connection.executemany(SQL["put_button"], lines)
    await connection.execute(SQL["notify"])


def lines_of(item: Outgoing) -> dict[str, str]:
    """What the buttons of *item* stand for."""
    match item:
        case Card() | Whisper():
            return item.message.lines
        case ViewContent() | HomeContent():
            return item.lines
        case Document() | Reaction():
            return {}
        case _:
            assert_never(item)


@dataclass(frozen=True)
class PostgresOutbox(Repository):
    """Outbox, and where its messages and buttons are found again."""

    deliveries: Held = field(default_factory=Held, kw_only=True)

    async def claim(self, limit: int) -> Sequence[Delivery]:
        """Due deliveries: by lane, then age; one in flight per key; those of one thread one after the other.

        Of one channel a few at a time; there, and within a lane, the namespaces that messages are about take turns.
        """
        async with self.deliveries.claiming:
            held = list(self.deliveries.keys)
            rows = await self.database.rows(SQL["claim"], limit, CLAIM, self.owner, held, OF_ONE_CHANNEL)
            self.deliveries.keys.update(row["claim"] for row in rows)
        return [found for row in rows if (found := await self._read(row))]

    async def _read(self, row: Row) -> Delivery | None:
        """The delivery of a claimed row; None, and later again, for what only another version can read."""
        try:
            return delivery(row)
        except msgspec.DecodeError:
            log.error("A message in the outbox is not one that this version can read; it waits for a newer.")
            await self.database.execute(SQL["postpone"], row["claim"], UNREADABLE, "This version cannot read it.")
            self.deliveries.keys.discard(row["claim"])
            return None

    async def sent(self, delivery: Delivery, location: Location | None) -> None:
        """It is in Slack, at *location* where it has one."""
        async with self.database.connection() as connection, connection.transaction():
            is_ours = await connection.fetchval(SQL["sent"], delivery.id)
            if location is not None:
                statement = SQL["located"] if is_ours else SQL["located_late"]
                await connection.execute(statement, delivery.item.key, location.channel, location.ts)
            await connection.execute(SQL["notify"])
        self.deliveries.keys.discard(delivery.id)

    async def uploaded(self, delivery: Delivery, file_id: str) -> None:
        """The bytes of its file are in Slack, not shared yet."""
        await self.database.execute(SQL["uploaded"], delivery.id, file_id)

    async def postpone(self, delivery: Delivery, seconds: float, why: str) -> None:
        """Try again after *seconds*."""
        await self.database.execute(SQL["postpone"], delivery.id, timedelta(seconds=seconds), storable(why))
        self.deliveries.keys.discard(delivery.id)

    async def hurry(self, keys: Collection[str]) -> None:
        """Those of *keys* that were postponed are due now."""
        async with self.database.connection() as connection, connection.transaction():
            await connection.execute(SQL["hurry"], list(keys))
            await connection.execute(SQL["notify"])

    async def give_up(self, delivery: Delivery, why: str) -> None:
        """It can never be sent; kept with the reason for people to find."""
        async with self.database.connection() as connection, connection.transaction():
            await connection.execute(SQL["give_up"], delivery.id, storable(why))
            await connection.execute(SQL["notify"])
        self.deliveries.keys.discard(delivery.id)

    async def forget(self, key: str) -> None:
        """The message of *key* is gone from Slack: the next version posts anew."""
        await self.database.execute(SQL["forget"], key)

    async def wait(self, timeout_s: float) -> None:
        """Return when something may be due, at the latest after *timeout_s*."""
        await self.wakeups.wait(Topic.OUTBOX, within_s=timeout_s)

    async def backlog(self) -> Backlog:
        """How much waits, and for how long (raises Unreachable)."""
        row = await self.database.row(SQL["backlog"])
        return Backlog(**row) if row else Backlog(0, 0.0)

    async def line_of(self, button_id: str) -> str | None:
        """The command line behind a button."""
        line: str | None = await self.database.value(SQL["line_of"], button_id)
        return line

    async def card_at(self, channel: str, ts: str) -> str | None:
        """Key of the card that stands there."""
        key: str | None = await self.database.value(SQL["card_at"], channel, ts)
        return key

    async def is_posting(self, channel: str) -> bool:
        """Whether a message is on its way to that channel, and so may stand there before it is noted where."""
        posting: bool = await self.database.value(SQL["is_posting"], channel)
        return posting

    async def message_at(self, channel: str, ts: str) -> Message | None:
        """The card that stands there, as it was put last."""
        item: str | None = await self.database.value(SQL["item_at"], channel, ts)
        found = msgspec.json.decode(item, type=Outgoing) if item is not None else None
        return found.message if isinstance(found, Card) else None


def delivery(row: Row) -> Delivery:
    """Read one claimed row. The claim's number is the delivery's id."""
    return Delivery(
        id=row["claim"],
        item=msgspec.json.decode(row["item"], type=Outgoing),
        posted=location(row["channel"], row["ts"]),
        parent=location(row["parent_channel"], row["parent_ts"]),
        attempts=row["attempts"],
        upload=row["upload"],
    )


def location(channel: str | None, ts: str | None) -> Location | None:
    """Pair the two halves of a left join."""
    return None if channel is None or ts is None else Location(channel, ts)
