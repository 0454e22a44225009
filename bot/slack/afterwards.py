"""Small calls of Slack that must not hold up an ack: made one after the other, best effort."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.errors import UpstreamError

WAITING_AT_MOST = 1000
"""More than that means that Slack is away, and the calls would come too late to be of use."""

log = logging.getLogger(__name__)

Errand = Callable[[], Awaitable[object]]


class Afterwards:
    """Errands that wait for their turn."""

    def __init__(self) -> None:
        """Do nothing before `run`."""
        self._waiting: asyncio.Queue[Errand] = asyncio.Queue(WAITING_AT_MOST)

    def add(self, errand: Errand) -> None:
        """Run *errand* soon; drop it when too many wait."""
        try:
            self._waiting.put_nowait(errand)
        except asyncio.QueueFull:
            log.warning("Too many calls wait for Slack; one was dropped.")

    async def run(self) -> None:
        """Run what waits, until cancelled."""
        while True:
            errand = await self._waiting.get()
            try:
                await errand()
            except UpstreamError as error:
                log.info("A sentence did not reach its person: %s", error)
            except Exception:  # outermost frame: the next errand is another person's
                log.exception("A call after an ack failed.")
