"""Anchoring: signs the head of the audit chain every hour, tells it outside of the database every day.

Who owns the database can rewrite all of it. He cannot sign what he wrote, nor take back what stands in Slack; and a
chain that no longer holds the head that this process has seen is not signed again, but told to be changed.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from bot.engine.loop import BACKOFF, Backoff, forever
from bot.errors import Conflict
from bot.model.checkpoint import Checkpoint, Signer
from bot.model.event import Event, EventKind
from bot.model.outgoing import Card, Lane
from bot.ports_ledger import Ledger
from bot.render.audit import broken_message, head_message

EVERY_S = 3600.0
"""What is newer may be changed unseen by who knows the database's owner; a signature costs one row."""
TOLD_EVERY = timedelta(days=1)
"""A line a day is read by somebody; a line an hour by nobody."""

log = logging.getLogger(__name__)


@dataclass
class Anchoring:
    """Any number of replicas may do it: one head is signed once, and told once a day."""

    ledger: Ledger
    signer: Signer
    channel: str
    """Where heads are told; empty: nowhere."""
    backoff: Backoff = BACKOFF
    last: Checkpoint | None = None
    """The newest head that this process has seen."""

    async def run(self) -> None:
        """Anchor until cancelled."""
        await forever(self._turn, name="anchoring", backoff=self.backoff)

    async def _turn(self) -> None:
        await self.anchor()
        await asyncio.sleep(EVERY_S)

    async def anchor(self) -> None:
        """Sign the head as it is now, and tell it where that is due. Raises Unreachable."""
        try:
            head = await self.ledger.checkpoint(self.signer, after=self.last)
        except Conflict as error:
            log.critical("%s Somebody has changed it in the database; nothing is signed.", error)
            await self._tell_broken()
            return
        self.last = head
        if head is not None and self.channel:
            await self._tell(head)

    async def _tell(self, head: Checkpoint) -> None:
        async with self.ledger.transaction() as tx:
            if await tx.is_head_due(TOLD_EVERY):
                await tx.put(Card(f"audit:{head.size}", self.channel, head_message(head), Lane.PROGRESS))
                detail = {"size": head.size, "head": head.head.hex()}
                await tx.audit(Event(kind=EventKind.ANCHORED, text="The head was told in Slack.", detail=detail))

    async def _tell_broken(self) -> None:
        if self.last is not None and self.channel:
            async with self.ledger.transaction() as tx:
                message = broken_message(self.last)
                await tx.put(Card(f"audit:broken:{self.last.size}", self.channel, message, Lane.ALERT))
