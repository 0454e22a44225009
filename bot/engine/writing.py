"""Writing one step: look, compare, write down, write, and when unsure look again. Never a blind second try.

Guarantee: at most one effect per step, whoever crashes or is cut off where. Each write carries the operation's mark and
holds for the version that was compared; a write that is late, or sent by a process that lost its lease, is refused by
the target itself once anybody else has written.
"""

from dataclasses import dataclass
from typing import Any, Protocol, assert_never

from bot.engine.drift import drift
from bot.errors import Conflict, NotFound, Rejected, Unreachable, UserError
from bot.model.operation import Operation, State
from bot.model.plan import Effect, Mark, Progress, Step, Waits
from bot.ports import Backends
from bot.ports_ledger import Lease, Ledger, StepRecord
from bot.spec import Change

ATTEMPTS = 10
"""Of compare and write within one claim: in a rollout its controller moves the status again and again."""


class Rechecking(Protocol):
    """Says whether an operation may still write."""

    async def recheck(self, operation: Operation) -> None:
        """For the requester and every approver, by today's policy. Raises Denied, Frozen, Unreachable."""


@dataclass(frozen=True)
class Ending:
    """Why an operation stops before all is written."""

    state: State
    why: str


class Unsettled(Exception):
    """A write got no answer (Unreachable), or a refusal that our own earlier write may have caused (Conflict)."""

    def __init__(self, mark: Mark, cause: Conflict | Unreachable) -> None:
        super().__init__(str(cause))
        self.mark = mark
        self.cause = cause


@dataclass(frozen=True)
class StepWriter:
    """One step under one lease. Every method raises Fenced, and UpstreamError for: try again later."""

    ledger: Ledger
    rechecking: Rechecking
    change: Change[Any]
    backends: Backends
    lease: Lease
    record: StepRecord

    @property
    def step(self) -> Step:
        """What is to be written."""
        return self.lease.operation.plan.steps[self.record.ordinal]

    async def write(self) -> Ending | None:
        """Bring the step to its effect; None when it is there."""
        sent = self.record.intent
        if sent is not None and (effect := await self._look(sent)) is not Effect.ABSENT:
            return await self._conclude(effect)
        return await self._may_not() or await self._try(sent)

    async def settled(self, why: str) -> Ending | None:
        """Write no more: None when an earlier write has taken effect, else how it ends, for the reason *why*."""
        sent = self.record.intent
        if sent is None or (effect := await self._look(sent)) is Effect.ABSENT:
            return Ending(State.FAILED, why)
        return await self._conclude(effect)

    async def _try(self, sent: Mark | None) -> Ending | None:
        """Attempt until there is an answer. *sent*: a write that got none, and may still arrive."""
        cause: Conflict | Unreachable | None = None
        for _ in range(ATTEMPTS):
            try:
                return await self._believed(await self._attempt(), sent)
            except Unsettled as unsettled:
                cause, mark = unsettled.cause, unsettled.mark
            sent = mark if isinstance(cause, Unreachable) else sent
            effect = await self._look(mark)
            if effect is Effect.PRESENT or (effect is Effect.UNCLEAR and sent is not None):
                return await self._conclude(effect)
        if isinstance(cause, Unreachable):
            raise cause
        return Ending(State.FAILED, str(cause))

    async def _believed(self, ending: Ending | None, sent: Mark | None) -> Ending | None:
        """Take an ending as it is, unless it is our own write that arrived late and looks like somebody else's."""
        if ending is None or sent is None or (effect := await self._look(sent)) is Effect.ABSENT:
            return ending
        return await self._conclude(effect)

    async def _attempt(self) -> Ending | None:
        """Compare with what was approved, write down, write (raises Unsettled)."""
        try:
            observed = await self.change.observe(self.step, self.backends.reading)
        except NotFound:
            return Ending(State.STALE, f"{self.step.target} is gone.")
        if changed := drift(self.step, observed):
            return Ending(State.STALE, changed)
        mark = self._mark(observed.resource_version)
        async with self.ledger.transaction() as tx:
            await tx.keep(self.lease)
            await tx.intend(self.lease, self.record.ordinal, mark)
        try:
            seen = await self.change.apply(self.step, self.backends, mark)
        except (Conflict, Unreachable) as error:
            raise Unsettled(mark, error) from error
        except NotFound:
            return Ending(State.STALE, f"{self.step.target} is gone.")
        except (UserError, Rejected) as error:
            return Ending(State.FAILED, str(error))
        return await self._conclude(Effect.PRESENT, seen)

    async def _look(self, mark: Mark) -> Effect:
        """Ask the target whether the write took effect. What is gone says nothing."""
        try:
            return await self.change.effect(self.step, self.backends.reading, mark)
        except NotFound:
            return Effect.UNCLEAR

    async def _conclude(self, effect: Effect, seen: Progress | None = None) -> Ending | None:
        """Write down what became of a write that was sent, and what was *seen* of it while it was."""
        match effect:
            case Effect.PRESENT:
                async with self.ledger.transaction() as tx:
                    await tx.keep(self.lease)
                    await tx.record_write(self.lease, self.record.ordinal)
                    if seen is not None:
                        await tx.record_progress(self.lease, self.record.ordinal, seen)
                return None
            case Effect.UNCLEAR | Effect.ABSENT:
                return Ending(State.UNKNOWN, unknown(self.step, self.record))
            case _:
                assert_never(effect)

    async def _may_not(self) -> Ending | None:
        """Say why nothing may be written any more, if so: too late, or somebody lost a permission.

        A step that waits is part of what has begun, so it is never too late; one that puts something back, always may.
        """
        operation = self.lease.operation
        if self.step.waits is Waits.ENDED:
            return None
        async with self.ledger.transaction() as tx:
            await tx.keep(self.lease)
            now = await tx.now()
        if not self.step.waits and (operation.execute_by is None or now > operation.execute_by):
            return Ending(State.STALE, "It was approved too long ago.")
        try:
            await self.rechecking.recheck(operation)
        except UserError as error:
            return Ending(State.FAILED, str(error))
        return None

    def _mark(self, resource_version: str) -> Mark:
        operation = self.lease.operation
        at = operation.started_at or operation.created_at
        earlier = [step.target for step in operation.plan.steps[: self.record.ordinal]].count(self.step.target)
        name = f"{operation.id}.{earlier + 1}" if earlier else operation.id  # a second write is not found by the first
        return Mark(name, self.record.audit_id, resource_version, at)


def unknown(step: Step, record: StepRecord) -> str:
    """Say that a person must look, and where."""
    return (
        f"Whether {step.target} was changed is not known: the write got no answer and its mark cannot be found. "
        f"Look for audit id {record.audit_id} in the API server's audit log."
    )
