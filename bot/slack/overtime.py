"""Overtime: work that goes on after the ack of the payload it was begun for."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.errors import UpstreamError

T = TypeVar("T")

log = logging.getLogger(__name__)


class Overtime:
    """Tasks that bound themselves; those still under way end with the Slack side."""

    def __init__(self) -> None:
        """Nothing is under way."""
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin *work*; who began it may wait for it as long as an ack can, and leave it then."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    async def end(self) -> None:
        """Cut off what is left."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, UpstreamError | TimeoutError):
            log.info("What an ack did not wait for failed: %s", str(error) or "no answer in time")
        else:
            log.error("What an ack did not wait for failed inside the bot.", exc_info=error)


async def done_by(task: asyncio.Future[Any], by: float) -> bool:
    """Whether *task* has ended when the loop's clock shows *by*; it goes on if not."""
    await asyncio.wait({task}, timeout=max(0.0, by - asyncio.get_running_loop().time()))
    return task.done()


def halfway(by: float) -> float:
    """Between now and *by*, for the first of two things."""
    now = asyncio.get_running_loop().time()
    return now + (by - now) / 2
