"""The outermost frame of every loop: what fails is logged, waited for and tried again."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.errors import BotError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Backoff:
    """How long to wait after failures in a row: doubling, with jitter, so that replicas do not return in step.

    What fails is mostly the database: whoever asks once it is back waits for the rest of a pause.
    """

    first_s: float = 0.5
    most_s: float = 2.0

    def after(self, failures: int) -> float:
        """Seconds to wait after so many failures."""
        longest = min(self.first_s * float(2 ** min(failures - 1, 10)), self.most_s)
        return longest * random.uniform(0.5, 1)  # noqa: S311 - jitter, no secret


BACKOFF = Backoff()


async def forever(turn: Callable[[], Awaitable[None]], *, name: str, backoff: Backoff) -> None:
    """Call *turn* again and again; only cancellation ends it. Of failures in a row the first one is told."""
    failures = 0
    while True:
        try:
            await turn()
            failures = 0
        except BotError as error:
            failures += 1
            log.log(logging.WARNING if failures == 1 else logging.DEBUG, "%s: %s", name, error)
        except Exception:
            failures += 1
            log.exception("%s: a bug", name)
        if failures:
            await asyncio.sleep(backoff.after(failures))
