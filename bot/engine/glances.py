"""Glances: how the platform stands, for a page that is only looked at; bounded, and read once for all who look."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.engine.asking import Asking
from bot.engine.remembering import Remembered
from bot.errors import BotError, UserError
from bot.model.actor import Actor
from bot.model.incoming import Origin
from bot.model.reply import Reply, Tone

FRESH = timedelta(seconds=30)
"""Whoever leaves a Home and comes back asks nothing anew; older, a figure would mislead."""
PATIENCE_S = 3.0
"""A home without it is better than none."""

LINES = ("status", "storage status", "backup list")
"""Queries whose headlines sum up a part of the platform."""


@dataclass(frozen=True)
class Glances:
    """Answers of LINES, 30 s old at most, each for whom the query itself would answer."""

    asking: Asking
    remembered: Remembered[Reply | None]

    async def platform(self, origin: Origin, actor: Actor) -> Sequence[Reply]:
        """How what *actor* may see from the channel of *origin* stands; what is not there or not his is left out."""
        looks = await asyncio.gather(*(self._look(origin, actor, line) for line in LINES))
        return [look for look in looks if look is not None]

    async def _look(self, origin: Origin, actor: Actor, line: str) -> Reply | None:
        try:
            namespace, ask = await self.asking.permitted(origin, actor, line)
        except UserError:
            return None
        except BotError as error:
            return _unknown(str(error))
        return await self.remembered.get((namespace, line), lambda: _answered(ask))


async def _answered(ask: Callable[[], Awaitable[Reply]]) -> Reply | None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await ask()
    except UserError:
        return None
    except BotError as error:
        return _unknown(str(error))
    except TimeoutError:
        return _unknown(f"no answer within {PATIENCE_S:.0f} s")


def _unknown(why: str) -> Reply:
    return Reply(f"Not known: {why}", tone=Tone.WARNING)
