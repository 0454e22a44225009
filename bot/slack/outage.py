"""Outage: Slack fails, so one delivery at a time is tried, until Slack takes one or anybody else hears an answer.

What is due stays in the outbox meanwhile, in its order, and is not in doubt: looked for is only what was tried.
"""

import asyncio

from bot.errors import Unreachable, UpstreamError
from bot.ports import Clock
from bot.slack.backoff import Random, full_jitter
from bot.slack.web import Refused

FAILING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Codes of Slack's that stand for an HTTP 5xx."""
BETWEEN_TRIES_S = 5.0
"""At most: soon enough where nobody else hears of Slack, and twelve calls a minute burden nobody."""


def is_failure(error: UpstreamError) -> bool:
    """Whether Slack, or the way to it, does not work, whatever is asked of it."""
    return isinstance(error, Unreachable) or (isinstance(error, Refused) and error.code in FAILING)


class Outage:
    """Begins with a failure; ends when Slack was heard and all that was set back is due again."""

    def __init__(self, clock: Clock, random: Random) -> None:
        """All is well at first."""
        self._clock = clock
        self._random = random
        self._failures = 0
        self._heard = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def is_on(self) -> bool:
        """Whether Slack fails, as far as is known."""
        return self._failures > 0

    def failed(self) -> None:
        """A delivery found Slack failing."""
        self._failures += 1
        self._ended.clear()

    def heard(self) -> None:
        """Slack has answered: to a delivery, to any other call, or with a socket's hello."""
        if self.is_on:
            self._heard.set()

    async def heard_again(self) -> None:
        """Wait until Slack has answered in an outage."""
        await self._heard.wait()

    def end(self) -> None:
        """Back to many at once."""
        self._failures = 0
        self._heard.clear()
        self._ended.set()

    async def pause(self) -> None:
        """Wait between two tries, no longer than the outage lasts; not at all where there is none."""
        if not self.is_on:
            return
        pause_s = full_jitter(self._failures - 1, self._random, longest_s=BETWEEN_TRIES_S)
        async with asyncio.TaskGroup() as waiting:
            waits = {waiting.create_task(self._clock.sleep(pause_s)), waiting.create_task(self._ended.wait())}
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for one in waits:
                one.cancel()
