"""What the Slack side needs of the database: an inbox for what comes in, an outbox for what shall go out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model.backlog import Backlog
from bot.model.incoming import Incoming
from bot.model.outgoing import Outgoing


class Inbox(Protocol):
    """The Slack side's way in."""

    async def accept(self, item: Incoming) -> bool:
        """Store *item* durably; False when its key was accepted before.

        Raises Unreachable: then nothing was taken in.
        """


@dataclass(frozen=True, slots=True)
class Location:
    """Where a message stands in Slack."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing due to be sent, claimed by this sender until it says how it went."""

    id: int
    item: Outgoing
    posted: Location | None
    """Where its key was posted before: edit there. None: post anew."""
    parent: Location | None
    """Where its parent card stands, for the thread."""
    attempts: int
    """How often it was claimed before; past 0, an earlier post may have reached Slack: look for it first."""
    upload: str = ""
    """The file whose bytes an earlier try brought to Slack, and perhaps shared."""


class OutboxReads(Protocol):
    """What is asked of what waits to be sent."""

    async def backlog(self) -> Backlog:
        """How much waits, for how long and why. Raises Unreachable."""


class Outbox(Protocol):
    """The sender's side of the outbox: one delivery in flight per key, whoever asks; a claim lapses after 60 s."""

    async def claim(self, limit: int) -> Sequence[Delivery]:
        """Due deliveries: by lane, then age; a card only after its parent was posted;
        of one key only the latest version.

        Of one channel a few at a time; there, and within a lane, the namespaces that messages are about take turns.
        """

    async def sent(self, delivery: Delivery, location: Location | None) -> None:
        """It is in Slack, at *location* where it has one."""

    async def uploaded(self, delivery: Delivery, file_id: str) -> None:
        """The bytes of its file are in Slack as *file_id*, and are about to be shared. Raises Unreachable."""

    async def postpone(self, delivery: Delivery, seconds: float, why: str) -> None:
        """Try again after *seconds*."""

    async def hurry(self, keys: Collection[str]) -> None:
        """Those of *keys* that were postponed are due now. Raises Unreachable."""

    async def give_up(self, delivery: Delivery, why: str) -> None:
        """It can never be sent; kept with the reason for people to find."""

    async def forget(self, key: str) -> None:
        """The message of *key* is gone from Slack: the next version posts anew."""

    async def wait(self, timeout_s: float) -> None:
        """Return when something may be due, at the latest after *timeout_s*."""
