"""The real clock."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """bot.ports.Clock over the machine's time."""

    def now(self) -> datetime:
        """The time now, aware, UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Let *seconds* pass."""
        await asyncio.sleep(seconds)
