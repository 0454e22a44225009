"""Glances: the platform's state for a page that is only looked at; bounded, and read once for all who look."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.engine.asking import Asking
from bot.engine.usable import may_use
from bot.errors import BotError
from bot.model.actor import Actor
from bot.model.incoming import Origin
from bot.model.reply import Reply, Tone
from bot.ports import Clock

STATUS = "status"
"""The command that sums up a namespace."""

FRESH = timedelta(seconds=30)
PATIENCE_S = 3.0
"""A home without it is better than none."""


@dataclass
class Glances:
    """Answers of `status`, 30 s old at most."""

    asking: Asking
    clock: Clock
    _seen: dict[str, tuple[datetime, Reply]] = field(default_factory=dict)

    async def status(self, origin: Origin, actor: Actor, namespace: str) -> Reply | None:
        """The state of *namespace*, or that it is not known; None for who may not see it."""
        authorizer = self.asking.authorizer
        command = authorizer.registry.named(STATUS)
        if command is None or not await may_use(authorizer, actor, command, namespace):
            return None
        until, known = self._seen.get(namespace, (self.clock.now(), None))
        if known is not None and until > self.clock.now():
            return known
        reply = await self._read(origin, f"{STATUS} -n {namespace}")
        self._seen[namespace] = self.clock.now() + FRESH, reply
        return reply

    async def _read(self, origin: Origin, line: str) -> Reply:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self.asking.glance(origin, line)
        except (BotError, TimeoutError) as error:
            why = str(error) or f"no answer within {PATIENCE_S:.0f} s"
            return Reply(f"Not known: {why}", tone=Tone.WARNING)
