"""One transaction of the ledger: state, decisions, messages and audit rows, all or nothing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from bot.errors import Fenced
from bot.model.actor import Actor
from bot.model.event import Event, EventKind
from bot.model.incident import Incident
from bot.model.incoming import Incoming
from bot.model.live import LiveAnswer
from bot.model.operation import Operation, State, Verdict
from bot.model.outgoing import Outgoing
from bot.model.plan import Json, Mark, Progress
from bot.ports_ledger import Lease, Proposal, StepRecord, Work
from bot.store import audit, inbox, incidents, leases, live, operations, outbox
from bot.store.database import Connection

STATES = {
    Work.EXECUTION: (State.APPROVED, State.EXECUTING),
    Work.FOLLOWING: (State.APPLIED,),
}


@dataclass(frozen=True)
class PostgresTransaction:
    """The Transaction of the port, on one connection."""

    connection: Connection
    owner: str
    lease: timedelta
    events: list[Event] = field(default_factory=list)
    """Appended last, by `seal`: whoever appends holds up everybody else until he commits."""
    finished: list[str] = field(default_factory=list)
    """Keys of deeds that are done, or that somebody else did."""

    async def now(self) -> datetime:
        """The database's time at the start of this transaction."""
        now: datetime = await self.connection.fetchval("SELECT now()")
        return now

    async def hold_incoming(self, key: str) -> bool:
        """Whether the deed of *key* is still to be done; until the end of the transaction nobody finishes it."""
        return bool(await self.connection.fetchval(inbox.SQL["hold"], key))

    async def finish_incoming(self, key: str) -> Incoming:
        """The deed of *key* is done: give what it was (raises Fenced when another process finished it first)."""
        item: str | None = await self.connection.fetchval(inbox.SQL["finish"], key)
        self.finished.append(key)
        if item is None:
            raise Fenced("Another process has done this already.")
        found: Incoming = msgspec.json.decode(item, type=Incoming)
        return found

    async def put(self, *items: Outgoing) -> None:
        """Hand *items* to the sender."""
        for item in items:
            await outbox.put(self.connection, item)

    async def insert_operation(self, proposal: Proposal) -> Operation:
        """Store a pending operation with its audit row; the same key gives the same operation (raises Conflict)."""
        operation, is_new = await operations.insert(self.connection, proposal)
        if is_new:
            targets = [step.target.full for step in operation.plan.steps]
            detail = {"plan": operation.plan.hash, "line": operation.plan.line, "targets": targets}
            await self.audit(event_of(operation, EventKind.PROPOSED, proposal.requester, proposal.reason, detail))
        return operation

    async def lock_operation(self, operation_id: str) -> Operation:
        """Read it and keep everybody else from moving it until the end of the transaction (raises NotFound)."""
        return await operations.locked(self.connection, operation_id)

    async def record_decision(
        self, operation: Operation, actor: Actor, verdict: Verdict, plan_hash: str, reason: str
    ) -> Operation:
        """Add a verdict with its audit row (raises Conflict on one that the rules forbid)."""
        decided = await operations.decide(self.connection, operation, actor, verdict, plan_hash, reason)
        detail = {"plan": plan_hash, "verdict": verdict.value}
        await self.audit(event_of(decided, EventKind.DECIDED, actor, reason, detail))
        return decided

    async def move(
        self, operation: Operation, to: State, *, actor: Actor | None = None, outcome: str = ""
    ) -> Operation:
        """Make the transition with its audit row (raises Conflict on an illegal edge or a version that moved)."""
        moved = await operations.move(self.connection, operation, to, outcome)
        await self.audit(event_of(moved, kind_of(to), actor, outcome, {}))
        return moved

    async def audit(self, event: Event) -> None:
        """Append to the audit chain, at the end of the transaction."""
        self.events.append(event)

    async def is_head_due(self, every: timedelta) -> bool:
        """Whether the head was not told for so long; until the end of the transaction nobody else is told so."""
        await self.connection.execute(audit.SQL["alone"])
        due: bool = await self.connection.fetchval(audit.SQL["is_head_due"], every)
        return due

    async def claim_operation(self, work: Work) -> Lease | None:
        """Take an operation that waits for *work* and that nobody holds, under a new epoch."""
        return await leases.claim(self.connection, STATES[work], self.owner, self.lease)

    async def keep(self, lease: Lease) -> None:
        """Prolong *lease* and hold it until the transaction ends (raises Fenced)."""
        await leases.keep(self.connection, lease, self.lease)

    async def release(self, lease: Lease, after: timedelta = timedelta()) -> None:
        """Let go of *lease*; nobody claims it before *after* has passed (raises Fenced)."""
        await leases.release(self.connection, lease, after)

    async def steps(self, lease: Lease) -> tuple[StepRecord, ...]:
        """How far the steps have come by now."""
        return await leases.steps(self.connection, lease.operation.id)

    async def intend(self, lease: Lease, ordinal: int, mark: Mark) -> None:
        """Write down, with an audit row, that a write is about to be sent (raises Fenced)."""
        await leases.intend(self.connection, lease, ordinal, mark)
        await self.audit(step_event(lease, EventKind.INTENDED, ordinal))

    async def record_write(self, lease: Lease, ordinal: int) -> None:
        """Write down, with an audit row, that the write took effect (raises Fenced)."""
        await leases.record_write(self.connection, lease, ordinal)
        await self.audit(step_event(lease, EventKind.WRITTEN, ordinal))

    async def record_progress(self, lease: Lease, ordinal: int, progress: Progress) -> StepRecord:
        """Keep the latest look at a step (raises Fenced)."""
        return await leases.record_progress(self.connection, lease, ordinal, progress)

    async def lead(self, cluster: str, epoch: int) -> None:
        """Hold the term *epoch* until the transaction ends (raises Fenced)."""
        await incidents.lead(self.connection, cluster, epoch)

    async def insert_incident(self, incident: Incident) -> Incident | None:
        """Store a new one; None when one stands for its key already."""
        return await incidents.insert(self.connection, incident)

    async def lock_incident(self, incident_id: str) -> Incident:
        """Read it and keep everybody else from changing it until the end of the transaction (raises NotFound)."""
        return await incidents.locked(self.connection, incident_id)

    async def save_incident(self, incident: Incident) -> Incident:
        """Store the next version (raises Conflict)."""
        return await incidents.save(self.connection, incident)

    async def begin_live(self, answer: LiveAnswer) -> None:
        """Record that this process follows *answer*."""
        await live.begin(self.connection, answer, self.owner, self.lease)

    async def keep_live(self, answer: LiveAnswer) -> None:
        """Record what it shows now (raises Fenced when somebody has ended it)."""
        await live.keep(self.connection, answer, self.owner, self.lease)

    async def end_live(self, answer_id: str) -> LiveAnswer | None:
        """Record that it has ended; None when it had ended before."""
        return await live.end(self.connection, answer_id)

    async def is_sent(self, key: str) -> bool:
        """Whether the sender is done with everything put under *key*."""
        return await live.is_sent(self.connection, key)

    async def seal(self) -> None:
        """Append the audit rows; the last thing before the commit."""
        if self.events:
            await audit.append(self.connection, self.events)


def kind_of(state: State) -> EventKind:
    """The kind of event that reaching *state* is."""
    return EventKind.STARTED if state is State.EXECUTING else EventKind(state.value)


def event_of(operation: Operation, kind: EventKind, actor: Actor | None, text: str, detail: dict[str, Json]) -> Event:
    """Describe what made this version of *operation*."""
    return Event(kind=kind, actor=actor, operation=operation.id, version=operation.version, text=text, detail=detail)


def step_event(lease: Lease, kind: EventKind, ordinal: int) -> Event:
    """Describe a write, so that it can be joined with the API server's own audit."""
    target = lease.operation.plan.steps[ordinal].target
    detail = {"target": target.full, "cluster": target.cluster, "uid": target.uid, "epoch": lease.epoch}
    detail["audit_id"] = lease.steps[ordinal].audit_id
    return Event(kind=kind, operation=lease.operation.id, detail=detail)
