"""The inbox: what Slack told us, each deed once, kept until it is done."""

import json
import logging
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from bot.model.incoming import Incoming
from bot.ports_ledger import Claimed
from bot.store.held import Held
from bot.store.repository import Repository
from bot.store.statements import statements
from bot.store.wakeups import Topic

SQL = statements("inbox")

log = logging.getLogger(__name__)

CLAIM = timedelta(seconds=60)
"""Longer than any command takes; a dead process loses its deeds before that."""
KEPT = timedelta(days=3)
"""Slack repeats a deed within minutes, in the worst case within a day."""


@dataclass(frozen=True)
class PostgresInbox(Repository):
    """Inbox, and the dispatcher's side of it."""

    deeds: Held = field(default_factory=Held, kw_only=True)

    async def accept(self, item: Incoming) -> bool:
        """Store *item* durably; False when its key was accepted before (raises Unreachable)."""
        accepted = await self.database.value(SQL["accept"], item.origin.key, _stored(item))
        return accepted is not None

    async def claim_incoming(self) -> Claimed | None:
        """Take the oldest thing that nobody works on; what only another version can read is left to it."""
        async with self.deeds.claiming:
            row = await self.database.row(SQL["claim"], CLAIM, self.owner, list(self.deeds.keys))
            if row is None:
                return None
            self.deeds.keys.add(row["key"])
        try:
            item = msgspec.json.decode(row["item"], type=Incoming)
        except msgspec.DecodeError:
            log.error("%s is not a deed that this version can read; it waits for a newer.", row["key"])
            return None
        return Claimed(row["key"], item, row["attempts"])

    async def wait_incoming(self, timeout_s: float) -> None:
        """Return when something may be there, at the latest after *timeout_s*."""
        await self.wakeups.wait(Topic.INBOX, within_s=timeout_s)


def _stored(item: Incoming) -> str:
    """As JSON; with U+FFFD for half of a surrogate pair, as JSON can name it and no UTF-8 can hold it."""
    try:
        return msgspec.json.encode(item).decode()
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(item), ensure_ascii=False)
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
