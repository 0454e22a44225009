"""Looking: one look at what a step has led to, by whoever follows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.model.plan import Phase, Progress, Step
from bot.ports import Backends
from bot.spec import Change


async def look(change: Change[Any], step: Step, backends: Mapping[str, Backends], now: datetime) -> Progress:
    """Ask how far it is; what has stalled is stopped first where the change can. Raises UserError, UpstreamError."""
    on = backends[step.target.cluster]
    seen = await change.progress(step, on.reading, now)
    return await change.stop(step, on, seen) if change.stop and seen.phase is Phase.STALLED else seen
