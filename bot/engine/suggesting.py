"""Suggestions: names that exist now, while a person types in a form; read once for all who type within moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.engine.authorize import Authorizer
from bot.engine.completions import COMPLETED
from bot.engine.form_fields import NAMESPACE
from bot.engine.openings import Openings, placed
from bot.engine.parameters import parameters
from bot.engine.parse import begun
from bot.engine.remembering import Remembered
from bot.engine.usable import may_use
from bot.model.actor import Actor
from bot.model.incoming import Origin
from bot.model.suggestion import Option, Search
from bot.ports import ReadOnly
from bot.ports_ledger import Ledger
from bot.spec import AnyCommand

FRESH = timedelta(seconds=20)
"""Names as old as this are still good to choose from: what is gone meanwhile is told when the line is asked."""

LONGEST = 150
"""Characters of an option's value in Slack; longer names are typed in a line."""

MOST = 100
"""Options that Slack shows."""


@dataclass(frozen=True)
class Suggesting:
    """Offers names only of what the form's channel may see, to those who may use the form's command."""

    authorizer: Authorizer
    ledger: Ledger
    on: ReadOnly
    remembered: Remembered[Sequence[str]]

    async def options(self, search: Search) -> Sequence[Option]:
        """As Features: names that hold what is typed. Raises every BotError."""
        found = matching(await self._known(search), search.query)
        return [Option(name, name) for name in found if len(name) <= LONGEST]

    async def _known(self, search: Search) -> Sequence[str]:
        origin = Origin("", search.team_id, search.user_id, search.channel, self.remembered.clock.now())
        opening = await Openings(self.ledger).find(search.value, origin)
        command = begun(opening.line, self.authorizer.registry).command
        completed = next((one.meta["completes"] for one in parameters(command.args) if one.name == search.name), "")
        if completed not in COMPLETED:
            return ()
        actor = await self.authorizer.actor(placed(origin, opening), fresh=False)
        channel = self.authorizer.channel(opening.channel)
        namespace = search.fields.get(NAMESPACE) or channel.home
        if not channel.covers(namespace) or not await self._may(actor, command, namespace):
            return ()
        names = await self.remembered.get((completed, namespace), lambda: COMPLETED[completed](self.on, namespace))
        return [name for name in names if channel.covers(name)] if completed == NAMESPACE else names

    async def _may(self, actor: Actor, command: AnyCommand, namespace: str) -> bool:
        async def ask() -> Sequence[str]:
            return ["yes"] if await may_use(self.authorizer, actor, command, namespace) else []

        return bool(await self.remembered.get((actor.subject, command.name, namespace), ask))


def matching(names: Sequence[str], query: str) -> list[str]:
    """Of *names* those that hold *query*; what is typed can be chosen as it is, for names may be on their way."""
    wanted = query.strip().lower()
    found = sorted((name for name in names if wanted in name.lower()), key=lambda name: _rank(name, wanted))[:MOST]
    typed = [query.strip()] if wanted and wanted not in names else []
    return [*found[: MOST - len(typed)], *typed]


def _rank(name: str, wanted: str) -> bool:
    """Names that begin with it first, with or without their kind; otherwise as they came."""
    return not (name.lower().startswith(wanted) or name.lower().rpartition("/")[2].startswith(wanted))
