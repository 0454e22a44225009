"""Following: watches applied operations until their effect is there, or does not come.

A look never depends on the looks before it: progress is stored with its time, so that another process goes on.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.engine.looking import look
from bot.engine.loop import BACKOFF, Backoff, forever
from bot.engine.notices import Notices
from bot.engine.writing import Ending
from bot.errors import Fenced, Unreachable, UpstreamError, UserError
from bot.model.durations import spoken
from bot.model.operation import Operation, State
from bot.model.plan import Phase, Plan, Progress, Waits
from bot.model.refs import ObjectRef
from bot.ports import Backends, Clock
from bot.ports_ledger import Lease, Ledger, StepRecord, Work
from bot.spec import Change

log = logging.getLogger(__name__)

IDLE_S = 5.0
"""Longest wait without a look at the database; NOTIFY ends it at once."""


@dataclass(frozen=True)
class Pace:
    """How often to look at a running change."""

    least_s: float = 2.5
    """Between two edits of a card: Slack allows about fifty a minute for a whole workspace."""
    most_s: float = 5.0
    """Without any news, too: nothing is lost when a watch is."""


@dataclass(frozen=True)
class Follower:
    """Any number of operations at once; any number of processes."""

    ledger: Ledger
    changes: Mapping[str, Change[Any]]
    backends: Mapping[str, Backends]
    notices: Notices
    clock: Clock
    pace: Pace = Pace()
    backoff: Backoff = BACKOFF

    async def run(self) -> None:
        """Follow until cancelled."""
        async with asyncio.TaskGroup() as group:
            await forever(lambda: self.turn(group), name="following", backoff=self.backoff)

    async def turn(self, group: asyncio.TaskGroup) -> None:
        """Begin to follow one operation in *group*, or wait until there may be one."""
        async with self.ledger.transaction() as tx:
            lease = await tx.claim_operation(Work.FOLLOWING)
        if lease is None:
            await self.ledger.wait_operation(IDLE_S)
        else:
            group.create_task(self.hold(lease))

    async def hold(self, lease: Lease) -> None:
        """Follow one operation; whatever goes wrong with it leaves the others alone."""
        try:
            await self.follow(lease)
        except* (Fenced, Unreachable) as lost:
            log.warning("operation %d is left to whoever claims it: %s", lease.operation.number, lost.exceptions[0])
        except* Exception:
            log.exception("following operation %d: a bug; its lease lapses", lease.operation.number)

    async def follow(self, lease: Lease) -> None:
        """Look until it has ended (raises Fenced)."""
        news = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            watches = [group.create_task(watch) for watch in self._watches(lease.operation, news)]
            try:
                while not await self._has_ended(lease):
                    await self._pause(news)
            finally:
                for watch in watches:
                    watch.cancel()

    async def _watch(self, cluster: str, refs: Sequence[ObjectRef], news: asyncio.Event) -> None:
        """Turn the cluster's changes into *news*. Looks go on without it, too."""
        try:
            async for _ in self.backends[cluster].cluster.changes(refs):
                news.set()
        except Exception:  # the outermost frame of its task
            log.exception("watching %s: a bug; looking from time to time instead", ", ".join(map(str, refs)))

    def _watches(self, operation: Operation, news: asyncio.Event) -> list[Coroutine[Any, Any, None]]:
        """One watch per cluster that the operation touches."""
        change = self.changes[operation.plan.command]
        refs = dict.fromkeys(ref for step in operation.plan.steps for ref in change.watches(step))
        clusters = sorted({ref.cluster for ref in refs})
        return [self._watch(name, [ref for ref in refs if ref.cluster == name], news) for name in clusters]

    async def _pause(self, news: asyncio.Event) -> None:
        """Wait for news, but neither too short nor too long."""
        await asyncio.sleep(self.pace.least_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(self.pace.most_s - self.pace.least_s):
                await news.wait()
        news.clear()

    async def _has_ended(self, lease: Lease) -> bool:
        """Look once and write down what is seen; say whether that was the end (raises Fenced)."""
        try:
            seen = await self._look(lease)
        except UserError as error:
            return await self._end(lease, Ending(State.DEGRADED, f"It can no longer be followed: {error}"))
        except UpstreamError as error:
            log.warning("no look at operation %d: %s", lease.operation.number, error)
            return await self._record(lease, {})
        return await self._record(lease, seen)

    async def _look(self, lease: Lease) -> dict[int, Progress]:
        """One look at each step, by its place. What a later step waited for has ended, and may look otherwise now.

        What was seen to end before is not looked at again: of some things nothing is left to be seen.
        """
        plan, now = lease.operation.plan, self.clock.now()
        change = self.changes[plan.command]
        ended = {record.ordinal: record.progress for record in lease.steps if record.is_over}
        return {
            place: ended.get(place) or await look(change, step, self.backends, now)
            for place, step in enumerate(plan.steps)
            if not is_awaited(plan, place)
        }

    async def _record(self, lease: Lease, seen: Mapping[int, Progress]) -> bool:
        """Store what was seen and show it; end the operation when that says so."""
        async with self.ledger.transaction() as tx:
            await tx.keep(lease)
            for place, progress in seen.items():
                await tx.record_progress(lease, place, progress)
            operation = await tx.lock_operation(lease.operation.id)
            records = await tx.steps(lease) if seen else ()
            if (ending := conclusion_of(operation.plan, records, await tx.now())) is None:
                await self.notices.show(tx, operation)
        return ending is not None and await self._end(lease, ending)

    async def _end(self, lease: Lease, ending: Ending) -> bool:
        """Tell how it went."""
        async with self.ledger.transaction() as tx:
            await tx.keep(lease)
            operation = await tx.lock_operation(lease.operation.id)
            await self.notices.tell(tx, await tx.move(operation, ending.state, outcome=ending.why))
        return True


def is_awaited(plan: Plan, place: int) -> bool:
    """Whether the step after this one waits for it."""
    return place + 1 < len(plan.steps) and bool(plan.steps[place + 1].waits)


def conclusion_of(plan: Plan, records: Sequence[StepRecord], now: datetime) -> Ending | None:
    """What the latest looks say about *plan*. Nothing, while something that is put back in any case is under way."""
    put_back = [record for record in records if plan.steps[record.ordinal].waits is Waits.ENDED]
    if put_back and conclusion(put_back, plan.patience, now) is None:
        return None
    return conclusion(records, plan.patience, now)


def conclusion(records: Sequence[StepRecord], patience: timedelta, now: datetime) -> Ending | None:
    """What the latest looks say about the whole; None while it still runs. No look at all says nothing."""
    seen = [record.progress for record in records if record.progress is not None]
    if not seen:
        return None
    for progress in seen:
        if progress.phase is Phase.STALLED:
            return Ending(State.DEGRADED, progress.reason or progress.line)
    if all(progress.phase is Phase.DONE for progress in seen):
        return Ending(State.SUCCEEDED, " · ".join(progress.line for progress in seen))
    moved = max(record.progressed_at for record in records if record.progressed_at is not None)
    if now - moved > patience:
        waiting = next(progress.line for progress in seen if progress.phase is Phase.RUNNING)
        return Ending(State.DEGRADED, f"No progress for {spoken(now - moved)}: {waiting}")
    return None
