"""What a live look has in common: look at each tick, show it, and say so when the cluster stops answering."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from msgspec import structs

from bot.errors import Unreachable, UpstreamError
from bot.model.reply import Reply, Text
from bot.ports_live import Screen


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen, and whether there is more to come."""

    reply: Reply
    is_last: bool = False


async def look_at_each(
    ticks: AsyncGenerator[None, None], look: Callable[[], Awaitable[Reply | Look]], screen: Screen
) -> Reply:
    """Show each look until the last one, and give that. Raises what the first look raises, and later UserErrors."""
    seen: Look | None = None
    async with aclosing(ticks):
        async for _ in ticks:
            try:
                now = await look()
            except UpstreamError as error:
                if seen is None:
                    raise
                screen.show(_doubtful(seen.reply, error))
            else:
                seen = now if isinstance(now, Look) else Look(now)
                if seen.is_last:
                    return seen.reply
                screen.show(seen.reply)
            await screen.turn()
    raise Unreachable("The cluster tells of no more changes.")


def _doubtful(seen: Reply, error: UpstreamError) -> Reply:
    """The last that was seen, marked as that."""
    return structs.replace(seen, parts=(*seen.parts, Text(f"This may be old: {error}")))
