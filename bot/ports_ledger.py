"""What the flows need of the database: one transaction per decision, claims that a dead process loses, an audit chain.

Every method raises Unreachable when the database does not answer; then nothing of its transaction was kept, except when
the answer to a commit was lost: asking again with the same keys is always safe.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.errors import Held
from bot.model.actor import Actor
from bot.model.checkpoint import Checkpoint, Signer
from bot.model.event import Event, Noted
from bot.model.incoming import Incoming
from bot.model.operation import Operation, Requirements, State, Verdict
from bot.model.outgoing import Message, Outgoing
from bot.model.plan import Mark, Phase, Plan, Progress
from bot.ports_favourites import FavouriteStore
from bot.ports_incidents import IncidentReads, IncidentWrites, ViewWrites
from bot.ports_live import LiveReads, LiveWrites
from bot.ports_slack import Inbox, Outbox, OutboxReads


@dataclass(frozen=True, slots=True)
class Claimed:
    """One thing from the inbox, ours until the claim lapses or we finish it."""

    key: str
    item: Incoming
    attempts: int
    """How often it was claimed before: past 0, an earlier try was cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an operation is made from; immutable from then on."""

    key: str
    """Key of the deed that asked (Origin.key): asked twice, it is one operation."""
    plan: Plan
    requester: Actor
    reason: str
    channel: str
    requirements: Requirements


@dataclass(frozen=True, slots=True)
class StepRecord:
    """How far one step of a plan came."""

    ordinal: int
    audit_id: str
    """Drawn once per step; every attempt sends it."""
    intent: Mark | None = None
    """Committed before each write; None: nothing was ever sent."""
    is_written: bool = False
    """The write took effect, and we know it."""
    progress: Progress | None = None
    progressed_at: datetime | None = None
    """When `progress` last really moved."""

    @property
    def is_over(self) -> bool:
        """Whether it was seen to end, well or not: its object may be gone by now, or written anew by a later step."""
        return self.progress is not None and self.progress.phase is not Phase.RUNNING


class Work(StrEnum):
    """What an operation is claimed for."""

    EXECUTION = "execution"
    """Approved or executing."""
    FOLLOWING = "following"
    """Applied."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A claim on one operation. A later claim has a higher epoch; what is done under an older one is refused."""

    operation: Operation
    steps: tuple[StepRecord, ...]
    epoch: int


class Transaction(IncidentWrites, LiveWrites, Protocol):
    """All of it happens, or nothing."""

    async def now(self) -> datetime:
        """The database's time at the start of this transaction: the one clock that all replicas share."""

    async def hold_incoming(self, key: str) -> bool:
        """Whether the deed of *key* is still to be done; until the end of the transaction nobody finishes it."""

    async def finish_incoming(self, key: str) -> Incoming:
        """The deed of *key* is done: give what it was. Raises Fenced when another process finished it first."""

    async def put(self, *items: Outgoing) -> None:
        """Hand *items* to the sender. Of a card, view or home the latest version wins; the rest goes once per key."""

    async def insert_operation(self, proposal: Proposal) -> Operation:
        """Store a pending one; the same key gives the same one. Raises Held when an open one has a target."""

    async def lock_operation(self, operation_id: str) -> Operation:
        """Read it and keep everybody else from moving it until the end of the transaction. Raises NotFound."""

    async def record_decision(
        self, operation: Operation, actor: Actor, verdict: Verdict, plan_hash: str, reason: str
    ) -> Operation:
        """Add a verdict. Raises Conflict on a second one, one's own, a late one, or one on another plan."""

    async def move(
        self, operation: Operation, to: State, *, actor: Actor | None = None, outcome: str = ""
    ) -> Operation:
        """Make the transition with its audit row. Raises Conflict on an illegal edge or a version that moved."""

    async def audit(self, event: Event) -> None:
        """Append to the audit chain."""

    async def is_head_due(self, every: timedelta) -> bool:
        """Whether the head of the audit was not told for so long; in this transaction nobody else is told so."""

    async def claim_operation(self, work: Work) -> Lease | None:
        """Take an operation that waits for *work* and that nobody holds, under a new epoch."""

    async def keep(self, lease: Lease) -> None:
        """Prolong *lease* and hold it until the transaction ends. Raises Fenced when another process claimed it."""

    async def release(self, lease: Lease, after: timedelta = timedelta()) -> None:
        """Let go of *lease*; nobody claims it before *after* has passed."""

    async def steps(self, lease: Lease) -> tuple[StepRecord, ...]:
        """How far the steps have come by now."""

    async def intend(self, lease: Lease, ordinal: int, mark: Mark) -> None:
        """Write down that a write is about to be sent."""

    async def record_write(self, lease: Lease, ordinal: int) -> None:
        """Write down that the write took effect."""

    async def record_progress(self, lease: Lease, ordinal: int, progress: Progress) -> StepRecord:
        """Keep the latest look at a step."""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a walk along the audit chain found."""

    size: int
    head: str
    """Hash of the last row, hexadecimal."""
    faults: tuple[str, ...] = ()
    """One sentence per broken row; empty: the chain is whole."""
    signed: int = 0
    """Up to this row a key outside of the database vouches for it."""


class Ledger(Inbox, Outbox, OutboxReads, IncidentReads, ViewWrites, LiveReads, FavouriteStore, Protocol):
    """The database."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin; commit at the end of the block, roll back on any exception."""

    async def claim_incoming(self) -> Claimed | None:
        """Take the oldest thing that nobody works on; a claim lapses after 60 s."""

    async def wait_incoming(self, timeout_s: float) -> None:
        """Return when something may be there, at the latest after *timeout_s*."""

    async def operation(self, operation_id: str) -> Operation:
        """Raises NotFound."""

    async def numbered(self, number: int) -> Operation:
        """The operation that people call by *number*. Raises NotFound."""

    async def story(self, operation_id: str) -> Sequence[Noted]:
        """What the audit has of it, the oldest first."""

    async def operations(
        self, *, states: Collection[State] = (), requester: str = "", limit: int = 50
    ) -> Sequence[Operation]:
        """The newest first; *states* empty: in any state; *requester*: a subject's user."""

    async def holder(self, plan: Plan) -> Held | None:
        """What keeps *plan* from being proposed now: an open operation on one of its targets."""

    async def overdue(self) -> Sequence[str]:
        """Ids of pending and approved operations whose time has passed."""

    async def wait_operation(self, timeout_s: float) -> None:
        """Return when an operation may have moved, at the latest after *timeout_s*."""

    async def wait_news(self, timeout_s: float) -> None:
        """The same for operations and incidents."""

    async def line_of(self, button_id: str) -> str | None:
        """The command line behind a button."""

    async def card_at(self, channel: str, ts: str) -> str | None:
        """Key of the card that stands there."""

    async def is_posting(self, channel: str) -> bool:
        """Whether a message is on its way to that channel, and so may stand there before it is noted where."""

    async def message_at(self, channel: str, ts: str) -> Message | None:
        """What the card that stands there shows, for as long as the outbox keeps it."""

    async def verify_audit(self) -> AuditReport:
        """Recompute the whole chain."""

    async def checkpoint(self, signer: Signer, after: Checkpoint | None = None) -> Checkpoint | None:
        """The head of the chain, signed and kept where there is a key; None of an empty chain.

        Raises Conflict when the chain no longer holds the head *after*.
        """

    def export_audit(self) -> AsyncIterator[bytes]:
        """Every row as one JSON line, for a check outside of the database."""

    async def purge(self) -> None:
        """Delete what was handled so long ago that Slack repeats it no more; never the audit or an operation."""
