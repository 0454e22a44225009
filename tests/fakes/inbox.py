"""An inbox in memory, which can be away."""

import asyncio
from dataclasses import dataclass, field

from bot.errors import Unreachable
from bot.model.incoming import Incoming


@dataclass
class FakeInbox:
    """Keeps what was accepted, in order, each key once."""

    items: dict[str, Incoming] = field(default_factory=dict)
    repeats: int = 0
    is_down: bool = False
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared: it hangs until this is set."""

    def __post_init__(self) -> None:
        """Answer at once."""
        self.answers.set()

    async def accept(self, item: Incoming) -> bool:
        """As bot.ports.Inbox."""
        await self.answers.wait()
        if self.is_down:
            raise Unreachable("The database does not answer.")
        if item.origin.key in self.items:
            self.repeats += 1
            return False
        self.items[item.origin.key] = item
        return True

    @property
    def only(self) -> Incoming:
        """The one thing that was accepted."""
        (item,) = self.items.values()
        return item
