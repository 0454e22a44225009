"""Waiting between steps: one that waits is written only when the one before it has come to its end.

No memory: each look is stored with its time, and what was seen to end is never looked at again. The lease is let go
between two looks, so that any process goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from bot.engine.following import conclusion
from bot.engine.looking import look
from bot.engine.notices import Notices
from bot.engine.writing import Ending
from bot.errors import UserError
from bot.model.operation import State
from bot.model.plan import Phase, Plan, Progress, Step, Waits
from bot.ports import Backends
from bot.ports_ledger import Lease, Ledger, StepRecord
from bot.spec import Change

LOOK_AGAIN = timedelta(seconds=2)
"""A card that moves this often is watched gladly, and Slack's budget bears it."""


class NotYet(Exception):
    """The step before is still under way: let go, and come again."""


@dataclass(frozen=True)
class StepWaiter:
    """The pauses of one operation under one lease. Every method raises Fenced, and UpstreamError: try again later."""

    ledger: Ledger
    notices: Notices
    change: Change[Any]
    backends: Mapping[str, Backends]
    lease: Lease

    @property
    def plan(self) -> Plan:
        """Whose steps they are."""
        return self.lease.operation.plan

    async def has_begun(self) -> bool:
        """Whether anything was written: else there is nothing to put back."""
        return any(record.is_written for record in await self._records())

    async def until_may_write(self, place: int) -> Ending | None:
        """Return when the step at *place* may be written; else say why it never may (raises NotYet)."""
        match self.plan.steps[place].waits:
            case Waits.NOTHING:
                return None
            case Waits.DONE:
                return await self._end_of(place - 1)
            case Waits.ENDED:
                await self._end_of(place - 1)
                return None
            case never:
                assert_never(never)

    async def _end_of(self, place: int) -> Ending | None:
        """None when that step has its effect, or was never written; else why it has not (raises NotYet)."""
        record = (await self._records())[place]
        if not record.is_written:
            return None
        seen = record if record.is_over else await self._look(record)
        async with self.ledger.transaction() as tx:
            await tx.keep(self.lease)
            ending = conclusion([seen], self.plan.patience, await tx.now())
        if ending is None:
            raise NotYet
        return None if ending.state is State.SUCCEEDED else Ending(State.FAILED, sentence(ending.why))

    async def _look(self, record: StepRecord) -> StepRecord:
        """Look once, and show it on the card."""
        progress = await self._progress(self.plan.steps[record.ordinal], await self._now())
        async with self.ledger.transaction() as tx:
            await tx.keep(self.lease)
            seen = await tx.record_progress(self.lease, record.ordinal, progress)
            await self.notices.show(tx, await tx.lock_operation(self.lease.operation.id))
        return seen

    async def _progress(self, step: Step, now: datetime) -> Progress:
        try:
            return await look(self.change, step, self.backends, now)
        except UserError as error:
            return Progress(Phase.STALLED, "can no longer be followed", reason=str(error))

    async def _now(self) -> datetime:
        async with self.ledger.transaction() as tx:
            return await tx.now()

    async def _records(self) -> tuple[StepRecord, ...]:
        async with self.ledger.transaction() as tx:
            await tx.keep(self.lease)
            return await tx.steps(self.lease)


def sentence(text: str) -> str:
    """*text* with a full stop, for more sentences to follow."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
