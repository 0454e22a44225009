"""What this process has claimed and works on.

A claim of its own that is not held was committed while its answer got lost in an outage: nobody works on it, so it is
claimed anew at once instead of when it lapses. Of another process that cannot be known; a dead one's claims are free.
"""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Held:
    """Keys of claims, and the turn to add to them."""

    keys: set[str | int] = field(default_factory=set)
    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One claim at a time: between its commit and its answer, another one of ours would take it for lost."""
