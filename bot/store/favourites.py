"""Favourites: the lines that people keep."""

from collections.abc import Sequence

from bot.store.repository import Repository, storable
from bot.store.statements import statements

SQL = statements("favourites")


class PostgresFavourites(Repository):
    """bot.ports_favourites.FavouriteStore."""

    async def favourites(self, user_id: str) -> Sequence[str]:
        """His lines, in the order in which he added them."""
        return [row["line"] for row in await self.database.rows(SQL["of"], user_id)]

    async def add_favourite(self, user_id: str, line: str) -> bool:
        """Keep *line*; False when he has it already."""
        return bool(await self.database.value(SQL["add"], user_id, storable(line)))

    async def remove_favourite(self, user_id: str, line: str) -> bool:
        """Forget *line*; False when he has no such."""
        return bool(await self.database.value(SQL["remove"], user_id, line))
