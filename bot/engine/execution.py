"""Execution: claims approved operations and brings each step to its effect, once, whatever happens in between.

Ordering: the steps of an operation one after the other. Any number of processes may run this; a claim that its process
no longer keeps alive goes to another one under a higher epoch, and what was done under the old one is refused.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from bot.engine.breaking import Breaking, Broken
from bot.engine.loop import BACKOFF, Backoff, forever
from bot.engine.notices import Notices
from bot.engine.outcome import told
from bot.engine.waiting import LOOK_AGAIN, NotYet, StepWaiter
from bot.engine.writing import Ending, Rechecking, StepWriter, unknown
from bot.errors import Fenced, Rejected, Throttled, Unreachable, UpstreamError
from bot.model.operation import State
from bot.model.plan import Step, Waits
from bot.ports import Backends
from bot.ports_ledger import Lease, Ledger, StepRecord, Work
from bot.spec import Change

log = logging.getLogger(__name__)

IDLE_S = 5.0
"""Longest wait without a look; NOTIFY ends it at once."""
HEARTBEAT_S = 10.0
"""A third of the lease."""
RETRY = timedelta(seconds=5)
"""When another system does not answer: soon enough for people, slow enough for it."""
GRACE = timedelta(minutes=15)
"""Past execute_by, until an unanswered question becomes a person's."""


class Left(Enum):
    """How an operation was let go."""

    DONE = auto()
    """With nothing to do for now."""
    WAITING = auto()
    """A step waits for the one before it: to be looked at again soon."""


@dataclass(frozen=True)
class Executor:
    """One operation at a time; run several for more."""

    ledger: Ledger
    changes: Mapping[str, Change[Any]]
    """By name of the command."""
    backends: Mapping[str, Backends]
    """By name of the cluster."""
    rechecking: Rechecking
    notices: Notices
    heartbeat_s: float = HEARTBEAT_S
    backoff: Backoff = BACKOFF

    async def run(self) -> None:
        """Execute until cancelled."""
        await forever(self.turn, name="execution", backoff=self.backoff)

    async def turn(self) -> None:
        """Execute one operation, or wait until there may be one."""
        lease = await self.claim()
        if lease is None:
            await self.ledger.wait_operation(IDLE_S)
        elif await self.hold(lease) is Left.WAITING:
            await asyncio.sleep(LOOK_AGAIN.total_seconds())

    async def claim(self) -> Lease | None:
        """Take an approved operation, or one that its process has left behind; approved becomes executing with it."""
        async with self.ledger.transaction() as tx:
            lease = await tx.claim_operation(Work.EXECUTION)
            if lease is not None and lease.operation.state is State.APPROVED:
                operation = await tx.move(lease.operation, State.EXECUTING)
                await self.notices.tell(tx, operation)
                lease = replace(lease, operation=operation)
        return lease

    async def hold(self, lease: Lease) -> Left:
        """Execute under a heartbeat; stop at once when the lease is lost."""
        left = Left.DONE
        try:
            async with asyncio.TaskGroup() as group:
                heartbeat = group.create_task(self._beat(lease))
                left = await self.execute(lease)
                heartbeat.cancel()
        except* (Fenced, Unreachable) as lost:
            log.warning(
                "operation %d is left to whoever claims it next: %s", lease.operation.number, lost.exceptions[0]
            )
        return left

    async def _beat(self, lease: Lease) -> None:
        """Prolong *lease* again and again (raises Fenced). While the database is away nobody else can claim either."""
        while True:
            await asyncio.sleep(self.heartbeat_s)
            try:
                async with self.ledger.transaction() as tx:
                    await tx.keep(lease)
            except Unreachable as error:
                log.warning("no heartbeat for operation %d: %s", lease.operation.number, error)

    async def execute(self, lease: Lease) -> Left:
        """Bring every step to its effect, or end with the reason; when another system is away, try again later."""
        try:
            ending = await self._write_all(lease)
        except NotYet:
            async with self.ledger.transaction() as tx:
                await tx.keep(lease)
                await tx.release(lease, LOOK_AGAIN)
            return Left.WAITING
        except (UpstreamError, Broken) as error:
            await self._later(lease, error)
        else:
            await self._end(lease, ending or Ending(State.APPLIED, ""))
        return Left.DONE

    async def _write_all(self, lease: Lease) -> Ending | None:
        """Write the steps that are not written yet, in order (raises NotYet).

        After an ending only those are written that put something back.
        """
        plan = lease.operation.plan
        change = self.changes.get(plan.command)
        if change is None:
            return unable(lease, f"This version of the bot does not know `{plan.command}`.")
        ending: Ending | None = None
        for record in unwritten(lease.steps):
            step = plan.steps[record.ordinal]
            backends = self.backends.get(step.target.cluster)
            if backends is None:
                return unable(lease, f"No such cluster: {step.target.cluster}.")
            waiter = StepWaiter(self.ledger, self.notices, change, self.backends, lease)
            if ending and not (puts_back(step, ending) and await waiter.has_begun()):
                continue
            writer = StepWriter(self.ledger, self.rechecking, change, backends, lease, record)
            came_to = await waiter.until_may_write(record.ordinal) or await Breaking(self.ledger, lease).bring(writer)
            ending = ending or came_to
        return ending

    async def _later(self, lease: Lease, error: UpstreamError | Broken) -> None:
        """Leave it for another try; but a write that nobody answers for in all its time becomes a person's business."""
        async with self.ledger.transaction() as tx:
            await tx.keep(lease)
            sent = [record for record in unwritten(await tx.steps(lease)) if record.intent is not None]
            is_over = await tx.now() > (lease.operation.execute_by or lease.operation.approve_by) + GRACE
            if not (sent and is_over):
                log.warning("operation %d waits: %s", lease.operation.number, error)
                await tx.release(lease, pause(error))
                return
        await self._end(lease, Ending(State.UNKNOWN, unknown(lease.operation.plan.steps[sent[0].ordinal], sent[0])))

    async def _end(self, lease: Lease, ending: Ending) -> None:
        """Move on, in words that leave nothing out that was done, and let go."""
        async with self.ledger.transaction() as tx:
            await tx.keep(lease)
            operation = await tx.lock_operation(lease.operation.id)
            outcome = told(operation, ending, await tx.steps(lease))
            await self.notices.tell(tx, await tx.move(operation, ending.state, outcome=outcome))
            await tx.release(lease)


def unwritten(records: Sequence[StepRecord]) -> list[StepRecord]:
    """Those that are still to be written."""
    return [record for record in records if not record.is_written]


def puts_back(step: Step, ending: Ending) -> bool:
    """Whether *step* is written even so. Not while a write may still be under way."""
    return step.waits is Waits.ENDED and ending.state is not State.UNKNOWN


def unable(lease: Lease, why: str) -> Ending:
    """Fail, but leave it to a process that can find out when a write may be under way (raises Rejected)."""
    if any(record.intent is not None for record in unwritten(lease.steps)):
        raise Rejected(why)
    return Ending(State.FAILED, why)


def pause(error: UpstreamError | Broken) -> timedelta:
    """How long to leave the other system alone, or what a bug stumbles over time to pass."""
    return timedelta(seconds=error.retry_after_s) if isinstance(error, Throttled) else RETRY
