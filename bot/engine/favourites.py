"""Favourites: what is kept is a line that was understood, with its namespace; a click on it is as good as typing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.engine.line import join, words
from bot.engine.parse import Parsed, parse
from bot.engine.registry import Registry
from bot.errors import AlreadySo, BadArguments, Conflict, NotFound
from bot.model.actor import Actor
from bot.ports_favourites import FavouriteStore

MOST = 20
"""More nobody finds again on a page that is looked at."""


@dataclass(frozen=True)
class Starred:
    """bot.ports_favourites.Favourites over a store."""

    store: FavouriteStore
    registry: Registry

    async def of(self, actor: Actor) -> Sequence[str]:
        """The lines of *actor*."""
        return await self.store.favourites(actor.person.user_id)

    async def add(self, actor: Actor, line: str, namespace: str) -> str:
        """Keep *line* as it is meant in *namespace*. Raises NotFound, BadArguments, AlreadySo, Conflict."""
        kept = self._whole(line, namespace)
        known = await self.of(actor)
        if kept not in known and len(known) >= MOST:
            raise Conflict(
                f"You have {MOST} favourites already, which is the most. Nothing was added.",
                hint="`fav list` removes one.",
                suggestions=("fav list",),
            )
        if not await self.store.add_favourite(actor.person.user_id, kept):
            raise AlreadySo(f"`{kept}` is a favourite of yours already.", hint="It stands in App Home.")
        return kept

    async def remove(self, actor: Actor, line: str, namespace: str) -> str:
        """Forget *line*, however it was typed. Raises NotFound."""
        given = join(words(line))
        for kept in (given, self._meant(given, namespace)):
            if await self.store.remove_favourite(actor.person.user_id, kept):
                return kept
        near = get_close_matches(given, await self.of(actor), n=3, cutoff=0.5)
        raise NotFound(
            f"`{given[:80]}` is no favourite of yours. Nothing was removed.",
            hint="" if near else "`fav list` shows those that are.",
            suggestions=tuple(join(["fav", "remove", *words(one)]) for one in near),
        )

    def _meant(self, line: str, namespace: str) -> str:
        """*line* as it would be kept; a line that is no command any more can still be removed."""
        try:
            return self._whole(line, namespace)
        except (NotFound, BadArguments):
            return line

    def _whole(self, line: str, namespace: str) -> str:
        """*line*, normalised, with *namespace* where it speaks of the channel's. Raises NotFound, BadArguments."""
        parsed = parse(line, self.registry)
        if not isinstance(parsed, Parsed):
            return join(words(line))
        given = parsed.args.model_dump()
        if given.get("namespace", "given") or given.get("all_namespaces"):
            return parsed.line
        split = words(parsed.line)
        end = split.index("--") if "--" in split else len(split)
        return join([*split[:end], "-n", namespace, *split[end:]])
