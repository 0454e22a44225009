"""A screen that remembers what was shown and told."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.model.reply import Reply
from tests.fakes.objects import NOW


@dataclass
class FakeScreen:
    """bot.ports_live.Screen whose turns take no time."""

    shown: list[Reply] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        return NOW

    def show(self, reply: Reply) -> None:
        self.shown.append(reply)

    def tell(self, line: str) -> None:
        self.told.append(line)

    async def turn(self) -> None:
        pass
