"""Telling the outbox how a delivery went, again and again while the database is away.

What Slack has answered is known here alone: forgotten, the message would have to be looked for, or come twice.
"""

import logging
from collections.abc import Awaitable, Callable, Collection
from functools import partial

from bot.errors import Unreachable
from bot.ports import Clock
from bot.ports_slack import Delivery, Location, Outbox
from bot.slack.backoff import DATABASE_LONGEST_S, Random, full_jitter

log = logging.getLogger(__name__)


class Telling:
    """The sender's side of an outbox; returns when the outbox knows."""

    def __init__(self, outbox: Outbox, clock: Clock, random: Random) -> None:
        """Tell *outbox*."""
        self._outbox = outbox
        self._clock = clock
        self._random = random

    async def sent(self, delivery: Delivery, location: Location | None) -> None:
        """It is in Slack."""
        await self._insist(delivery.item.key, partial(self._outbox.sent, delivery, location))

    async def postpone(self, delivery: Delivery, seconds: float, why: str) -> None:
        """It is not, for now."""
        await self._insist(delivery.item.key, partial(self._outbox.postpone, delivery, seconds, why))

    async def give_up(self, delivery: Delivery, why: str) -> None:
        """It never will be."""
        await self._insist(delivery.item.key, partial(self._outbox.give_up, delivery, why))

    async def hurry(self, keys: Collection[str]) -> None:
        """Those of *keys* that wait are due now."""
        if keys:
            await self._insist(f"{len(keys)} deliveries", partial(self._outbox.hurry, keys))

    async def _insist(self, what: str, tell: Callable[[], Awaitable[None]]) -> None:
        attempt = 0
        while True:
            try:
                await tell()
            except Unreachable as error:
                log.warning("The outbox is not told about %s yet: %s", what, error)
            else:
                return
            await self._clock.sleep(full_jitter(attempt, self._random, longest_s=DATABASE_LONGEST_S))
            attempt += 1
