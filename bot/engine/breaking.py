"""A bug in a change, met while a step is written: put into the audit, tried again, and given up when it stays the same.

The audit alone counts, so a process that dies in between changes nothing. Giving up writes nothing: it looks once more
what became of what was sent, so a step still has at most one effect; and what is put back in any case, still is.
"""

import hashlib
import logging
import traceback
from collections import Counter
from dataclasses import dataclass

from bot.engine.writing import Ending, StepWriter, unknown
from bot.errors import BotError
from bot.model.event import Event, EventKind
from bot.model.operation import State
from bot.model.plan import Step
from bot.ports_ledger import Lease, Ledger

log = logging.getLogger(__name__)

ATTEMPTS = 3
"""The first may have met a passing state of the target, the second the same; a third time it is a bug."""


class Broken(BotError):
    """A bug stopped this attempt; the next one may get further."""


@dataclass(frozen=True)
class Breaking:
    """The bugs of one operation under one lease. Every method raises Fenced, and UpstreamError for: try again later."""

    ledger: Ledger
    lease: Lease

    async def bring(self, writer: StepWriter) -> Ending | None:
        """Let *writer* write its step. Raises Broken when a bug keeps it from that, until the same did so too often."""
        if reference := await self._hopeless(writer.record.ordinal):
            return await self._given_up(writer, reference)
        try:
            return await writer.write()
        except BotError:
            raise
        except Exception as bug:
            reference = reference_of(bug)
            log.exception("operation %d: bug %s", self.lease.operation.number, reference)
            await self._note(writer, bug, reference)
            raise Broken(f"A bug stopped it (reference {reference}).") from bug

    async def _hopeless(self, ordinal: int) -> str:
        """The bug that has stopped the step too often; empty where there is none."""
        if self.lease.epoch == 1:
            return ""
        story = await self.ledger.story(self.lease.operation.id)
        met = Counter(
            str(one.event.detail["reference"])
            for one in story
            if one.event.kind is EventKind.BROKEN and one.event.detail["step"] == ordinal
        )
        return next((reference for reference, times in met.items() if times >= ATTEMPTS), "")

    async def _note(self, writer: StepWriter, bug: Exception, reference: str) -> None:
        detail = {"step": writer.record.ordinal, "target": str(writer.step.target), "reference": reference}
        text = f"{type(bug).__name__} stopped the write of {writer.step.target} (reference {reference})."
        async with self.ledger.transaction() as tx:
            await tx.keep(self.lease)
            await tx.audit(Event(kind=EventKind.BROKEN, operation=self.lease.operation.id, text=text, detail=detail))

    async def _given_up(self, writer: StepWriter, reference: str) -> Ending | None:
        """What the step has come to; where not even that can be found out, a person has to."""
        try:
            return await writer.settled(hopeless(writer.step, reference))
        except BotError:
            raise
        except Exception:
            log.exception("operation %d: bug %s, and no look", self.lease.operation.number, reference)
            return Ending(State.UNKNOWN, unknown(writer.step, writer.record))


def reference_of(bug: Exception) -> str:
    """The same for the same kind of error at the same place, in every process; it tells nothing of what was at hand."""
    place = traceback.extract_tb(bug.__traceback__)[-1]
    return hashlib.sha256(f"{type(bug).__qualname__} {place.name} {place.lineno}".encode()).hexdigest()[:6]


def hopeless(step: Step, reference: str) -> str:
    """Why it ends, for people."""
    return (
        f"The bot has a bug that keeps it from changing {step.target}; it was tried {ATTEMPTS} times. "
        f"Give reference {reference} to whoever runs the bot."
    )
