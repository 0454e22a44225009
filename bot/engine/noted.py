"""What stands under a press: Slack shows a message, and so it can be pressed, before we have noted where it stands."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.ports_ledger import Ledger

T = TypeVar("T")

LOOK_AGAIN_S = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Pauses between looks, while something is on its way to that channel."""


async def once_noted(ledger: Ledger, channel: str, look: Callable[[], Awaitable[T | None]]) -> T | None:
    """What *look* finds of a message in *channel*; None where it is none of ours, or is forgotten."""
    for pause_s in LOOK_AGAIN_S:
        is_posting = await ledger.is_posting(channel)  # before the look: what is noted between the two is found
        found = await look()
        if found or not is_posting:
            return found
        await asyncio.sleep(pause_s)
    return await look()
