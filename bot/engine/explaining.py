"""Explaining: looks into new incidents in time for their cards, and again later where nothing could be had."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from bot.engine.remedies import deed_before
from bot.errors import BotError
from bot.model.incident import Diagnosis, Incident
from bot.ports_ledger import Ledger

log = logging.getLogger(__name__)

WITHIN_S = 1.0
"""A card is better late by this than without its cause; each later try may take as much longer."""
AT_ONCE = 8
"""Diagnoses at the same time: up to ten requests each, and the API server has others to serve."""
TRIES = 4
"""Looks that gave nothing, before the card stays as it is."""

Diagnose = Callable[[Incident], Awaitable[Diagnosis | None]]


@dataclass
class Explaining:
    """One term's memory of what was tried."""

    ledger: Ledger
    diagnose: Diagnose
    tries: dict[str, int] = field(default_factory=dict)

    async def all(self, drafts: Sequence[Incident]) -> list[Incident]:
        """Each with its diagnosis, where one can be had in time; several at once."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(draft: Incident) -> Incident:
            async with turns:
                return await self.explained(draft)

        return await asyncio.gather(*(one(draft) for draft in drafts))

    async def explained(self, draft: Incident) -> Incident:
        """With its diagnosis, and with what somebody did shortly before."""
        self.tries[draft.id] = self.tries.get(draft.id, 0) + 1
        try:
            async with asyncio.timeout(WITHIN_S * self.tries[draft.id]):
                diagnosis, deed = await asyncio.gather(self.diagnose(draft), deed_before(self.ledger, draft))
        except (BotError, TimeoutError) as error:
            log.info("%s of %s is not looked into yet: %s", draft.fault, draft.owner.full, error)
            return draft
        except Exception:  # it reads what strangers wrote: a bug in reading it must not silence every other alarm
            log.exception("%s of %s: a bug in looking into it", draft.fault, draft.owner.full)
            return draft
        if diagnosis is not None and deed:
            changed = " · ".join(part for part in (deed, diagnosis.changed) if part)
            diagnosis = msgspec.structs.replace(diagnosis, changed=changed)
        return msgspec.structs.replace(draft, diagnosis=diagnosis)

    def is_worth_a_try(self, incident: Incident) -> bool:
        """Whether nothing is known of it that another look might find."""
        return incident.diagnosis is None and self.tries.get(incident.id, 0) < TRIES

    def forget(self, incident: Incident) -> None:
        """It is over."""
        self.tries.pop(incident.id, None)
