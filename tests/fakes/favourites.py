"""Favourites in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class FakeFavourites:
    """bot.ports_favourites.FavouriteStore."""

    lines: dict[str, list[str]] = field(default_factory=dict)

    async def favourites(self, user_id: str) -> Sequence[str]:
        """In the order in which they were added."""
        return list(self.lines.get(user_id, ()))

    async def add_favourite(self, user_id: str, line: str) -> bool:
        """False for one that is there."""
        if line in self.lines.get(user_id, ()):
            return False
        self.lines.setdefault(user_id, []).append(line)
        return True

    async def remove_favourite(self, user_id: str, line: str) -> bool:
        """False for one that is not there."""
        if line not in self.lines.get(user_id, ()):
            return False
        self.lines[user_id].remove(line)
        return True
