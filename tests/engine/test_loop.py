"""The outermost frame of a loop: nothing but cancellation ends it."""

import asyncio
import logging

import pytest

from bot.engine.loop import Backoff, forever
from bot.errors import Unreachable

AT_ONCE = Backoff(first_s=0, most_s=0)


class Enough(BaseException):
    """Ends a test's loop."""


async def test_failures_are_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    away = Unreachable("The database does not answer.")
    turns = iter([away, away, ValueError("oh"), None, away, Enough()])

    async def turn() -> None:
        if error := next(turns):
            raise error

    with pytest.raises(Enough), caplog.at_level(logging.WARNING):
        await forever(turn, name="sweeping", backoff=AT_ONCE)
    told = [(record.levelname, record.getMessage(), bool(record.exc_info)) for record in caplog.records]
    assert told == [
        ("WARNING", "sweeping: The database does not answer.", False),
        ("ERROR", "sweeping: a bug", True),
        ("WARNING", "sweeping: The database does not answer.", False),
    ]


async def test_cancellation_ends_it() -> None:
    running = asyncio.create_task(forever(asyncio.Event().wait, name="waiting", backoff=AT_ONCE))  # type: ignore[arg-type]  # the answer is not looked at
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize(("failures", "most"), [(1, 0.5), (2, 1.0), (3, 2.0), (7, 2.0), (10_000, 2.0)])
def test_pauses_double_up_to_a_limit(failures: int, most: float) -> None:
    pauses = [Backoff().after(failures) for _ in range(100)]
    assert most / 2 <= min(pauses) <= max(pauses) <= most
