"""The screen of one live answer: takes what a feature shows, as fast as it likes, and keeps what people can read."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from bot.engine.sifting import first_rows, sifted
from bot.model.reply import Reply
from bot.ports import Clock
from bot.spec import Filter

LINES_KEPT = 40
"""Until the next message: more nobody reads as they come."""
LINE_CHARACTERS_KEPT = 4_000
"""Of one line: more than a message shows of it, whatever has to be cleaned out of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """Lines for one message."""

    lines: tuple[str, ...]
    left_out: int
    """Older ones that there was no room for."""


class LiveScreen:
    """bot.ports_live.Screen. Of what is shown the last is kept; of what is told the newest lines."""

    def __init__(self, clock: Clock, options: Filter) -> None:
        """Show nothing yet; of what comes, what *options* let through."""
        self._clock = clock
        self._options = options
        self.reply = Reply("")
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._left_out = 0
        self.is_lit = asyncio.Event()
        """Set once something is shown."""
        self._drawn = asyncio.Event()

    def now(self) -> datetime:
        """The time now."""
        return self._clock.now()

    def show(self, reply: Reply) -> None:
        """Put *reply* in the place of what was shown. Raises BadArguments as `sifted`."""
        self.reply = first_rows(sifted(reply, self._options))
        self.is_lit.set()

    def tell(self, line: str) -> None:
        """Add a line."""
        self._left_out += len(self._lines) == LINES_KEPT
        self._lines.append(line[:LINE_CHARACTERS_KEPT])

    async def turn(self) -> None:
        """Wait until what is shown was drawn."""
        self._drawn.clear()
        await self._drawn.wait()

    def take(self) -> Told | None:
        """Give the lines told since the last time, and forget them."""
        if not self._lines:
            return None
        told = Told(tuple(self._lines), self._left_out)
        self._lines.clear()
        self._left_out = 0
        return told

    def drawn(self) -> None:
        """What is shown stands in the outbox."""
        self._drawn.set()
