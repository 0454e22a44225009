"""Questions to Slack about people and channels, asked for many at once and never while Slack asks for a pause.

Guarantees: one call per question at a time; who asks while it is under way is answered by the next one, together with
all others who wait, so every answer is younger than its question; after a 429 the method is left alone for as long as
Slack said.
"""

import asyncio
import itertools
import math
from collections.abc import Hashable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from bot.errors import Throttled, Unreachable, UpstreamError
from bot.model.plan import Json
from bot.ports import Clock
from bot.slack.web import Call, NotSent, Web

UNKNOWN = "so it could not look up who you are and where. Nothing was done."
"""What a person hears who cannot be told from a stranger."""


@dataclass(eq=False)
class Turn:
    """One question: whose turn it is to ask, and what came of it last."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asked: int = -1
    outcome: dict[str, Json] | UpstreamError = field(default_factory=dict)


class Questions:
    """Web.call for what many want to know."""

    def __init__(self, web: Web, clock: Clock) -> None:
        """Ask *web*; pauses are counted by *clock*."""
        self._web = web
        self._clock = clock
        self._turns: WeakValueDictionary[Hashable, Turn] = WeakValueDictionary()
        self._count = itertools.count()
        self._paused_until: dict[str, float] = {}

    async def ask(self, method: Call, **arguments: Json) -> dict[str, Json]:
        """Slack's answer. Raises Refused, Throttled, Unreachable."""
        wanted = next(self._count)
        turn = self._turns.setdefault((method.__name__, *sorted(arguments.items())), Turn())
        async with turn.lock:
            if turn.asked < wanted:
                began = next(self._count)
                turn.outcome = await self._outcome(method, arguments)
                turn.asked = began  # not before: a caller who gives up leaves no outcome
        if isinstance(turn.outcome, UpstreamError):
            raise turn.outcome
        return turn.outcome

    async def _outcome(self, method: Call, arguments: dict[str, Json]) -> dict[str, Json] | UpstreamError:
        now = self._clock.now().timestamp()
        if (left_s := self._paused_until.get(method.__name__, now) - now) > 0:
            return _pause(left_s)
        try:
            return await self._web.call(method, **arguments)
        except Throttled as throttled:
            self._paused_until[method.__name__] = now + throttled.retry_after_s
            return _pause(throttled.retry_after_s)
        except Unreachable:
            # Whoever waits for the answer has sent nothing yet.
            return NotSent(f"Slack does not answer the bot, {UNKNOWN}", hint="Try again in a minute.")
        except UpstreamError as error:
            return error


def _pause(seconds: float) -> Throttled:
    return Throttled(
        f"Slack asks the bot for a pause, {UNKNOWN}",
        hint=f"Try again in {math.ceil(seconds)} s.",
        retry_after_s=seconds,
    )
