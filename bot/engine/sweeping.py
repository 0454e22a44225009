"""Sweeping: ends what ran out of time, and deletes what nobody needs any more."""

import asyncio
import logging
from dataclasses import dataclass

from bot.engine.approval import Approvals
from bot.engine.loop import BACKOFF, Backoff, forever
from bot.errors import Conflict
from bot.ports_ledger import Ledger

log = logging.getLogger(__name__)

EVERY_S = 5.0
"""People see an expiry within this; the database refuses late verdicts to the millisecond."""
PURGE_EVERY = 720
"""Sweeps: about once an hour."""


@dataclass(frozen=True)
class Sweeper:
    """Any number of replicas may sweep: each expiry is one transaction that only one of them wins."""

    ledger: Ledger
    approvals: Approvals
    backoff: Backoff = BACKOFF

    async def run(self) -> None:
        """Sweep until cancelled."""
        await forever(self.round, name="sweeping", backoff=self.backoff)

    async def round(self) -> None:
        """Sweep for about an hour, then purge."""
        for _ in range(PURGE_EVERY):
            await self.sweep()
            await asyncio.sleep(EVERY_S)
        await self.ledger.purge()

    async def sweep(self) -> None:
        """Expire whatever is overdue now."""
        for operation_id in await self.ledger.overdue():
            try:
                await self.approvals.expire(operation_id)
            except Conflict as error:
                log.info("not expired after all: %s", error)
