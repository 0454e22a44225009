"""Favourites: lines that a person wants at hand; kept by a store, and offered to commands as the asker's own."""

from collections.abc import Sequence
from typing import Protocol

from bot.model.actor import Actor


class FavouriteStore(Protocol):
    """Keeps them. Raises Unreachable."""

    async def favourites(self, user_id: str) -> Sequence[str]:
        """His lines, in the order in which he added them."""

    async def add_favourite(self, user_id: str, line: str) -> bool:
        """Keep *line*; False when he has it already."""

    async def remove_favourite(self, user_id: str, line: str) -> bool:
        """Forget *line*; False when he has no such."""


class Favourites(Protocol):
    """What commands may do with them. Kept lines name their namespace, so that they mean the same everywhere."""

    async def of(self, actor: Actor) -> Sequence[str]:
        """The lines of *actor*."""

    async def add(self, actor: Actor, line: str, namespace: str) -> str:
        """Keep *line* as it is meant in *namespace*, and give it as it is kept.

        Raises NotFound and BadArguments for what is no command line, AlreadySo, and Conflict when he has too many.
        """

    async def remove(self, actor: Actor, line: str, namespace: str) -> str:
        """Forget *line*, and give it as it was kept. Raises NotFound, naming those that he has."""
