"""Answers that are good for a while: asked for once by all who want them within moments."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.ports import Clock

T = TypeVar("T")


@dataclass
class Remembered(Generic[T]):
    """Answers by key, one question at a time per key; a caller who gives up leaves the answer to the next."""

    clock: Clock
    fresh: timedelta
    """For how long an answer is good."""
    _answers: dict[Hashable, tuple[datetime, "asyncio.Future[T]"]] = field(default_factory=dict)

    async def get(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer to *ask*, or the one remembered under *key*. Raises what it raises; no fault is remembered."""
        now = self.clock.now()
        self._answers = {known: (until, answer) for known, (until, answer) in self._answers.items() if until > now}
        if key not in self._answers:
            self._answers[key] = now + self.fresh, asyncio.ensure_future(ask())
        answer = self._answers[key][1]
        try:
            return await asyncio.shield(answer)
        finally:
            if answer.done() and (answer.cancelled() or answer.exception()):
                self._answers.pop(key, None)
