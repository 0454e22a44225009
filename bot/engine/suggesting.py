"""Suggestions: names that exist now, while a person types in a form; read once for all who type within moments."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.engine.authorize import Authorizer
from bot.engine.completions import COMPLETED, LISTED, Asked
from bot.engine.dependent_completions import DEPENDENT
from bot.engine.draft import Draft
from bot.engine.form_fields import NAMESPACE
from bot.engine.openings import Openings, placed
from bot.engine.parameters import parameters
from bot.engine.parse import begun
from bot.engine.policy import Channel
from bot.engine.remembering import Remembered
from bot.engine.usable import may_use
from bot.model.actor import Actor
from bot.model.incoming import Origin
from bot.model.resources import Resource
from bot.model.suggestion import Option, Search
from bot.ports import ReadOnly
from bot.ports_ledger import Ledger
from bot.spec import Access, AnyCommand, access

FRESH = timedelta(seconds=20)
"""Names as old as this are still good to choose from: what is gone meanwhile is told when the line is asked."""

LONGEST = 150
"""Characters of an option's value in Slack; longer names are typed in a line."""

MOST = 100
"""Options that Slack shows."""

NAMESPACES = 20
"""Asked about for one answer; who has more types a part of the name."""

REVIEWS = 200
"""That this may cost the API server: `get` is on 44 rights, so that fewer namespaces are asked about."""

ANYWHERE = ""
"""In place of a namespace: who may use a command everywhere is asked about no single one."""

YES = Option("yes", "yes")
"""Remembered in the place of names where only yes or no is asked."""


@dataclass(frozen=True)
class Suggesting:
    """Offers names only of what the form's channel may see, to those who may use the form's command."""

    authorizer: Authorizer
    ledger: Ledger
    on: ReadOnly
    remembered: Remembered[Sequence[Option]]

    async def options(self, search: Search) -> Sequence[Option]:
        """As Features: what holds what is typed. Raises every BotError."""
        found = matching(await self._known(search), search.query)
        return [option for option in found if len(option.value) <= LONGEST]

    async def _known(self, search: Search) -> Sequence[Option]:
        origin = Origin("", search.team_id, search.user_id, search.channel, self.remembered.clock.now())
        opening = await Openings(self.ledger).find(search.value, origin)
        draft = begun(opening.line, self.authorizer.registry)
        completed = completed_by(draft.command, search.name)
        if completed not in COMPLETED and completed not in DEPENDENT:
            return ()
        actor = await self.authorizer.actor(placed(origin, opening), fresh=False)
        channel = self.authorizer.channel(opening.channel)
        namespace = str(draft.values.get(NAMESPACE) or channel.home)
        if not channel.covers(namespace) or not await self._may(actor, draft.command, namespace):
            return ()
        if completed == NAMESPACE:
            return await self._namespaces(actor, draft.command, channel, search.query)
        return await self._read(completed, draft, actor, Asked(namespace, origin.at))

    async def _read(self, completed: str, draft: Draft, actor: Actor, asked: Asked) -> Sequence[Option]:
        if completed in COMPLETED:
            return await self._read_listed(completed, actor, asked)
        dependent = DEPENDENT[completed]
        asked = replace(asked, chosen=standing(draft, dependent.on))
        if not asked.chosen or not await self._holds(actor, dependent.needs(asked.chosen), asked.namespace):
            return ()
        key = (completed, asked.namespace, asked.chosen)
        return await self.remembered.get(key, lambda: dependent.read(self.on, asked))

    async def _read_listed(self, completed: str, actor: Actor, asked: Asked) -> Sequence[Option]:
        """Without the kinds that the person may not list."""
        kinds = LISTED.get(completed, ())
        may = [kind for kind in kinds if await self._holds(actor, (_listing(kind),), asked.namespace)]
        if kinds and not may:
            return ()
        found = await self.remembered.get((completed, asked.namespace), lambda: COMPLETED[completed](self.on, asked))
        named = {kind.singular for kind in may}
        return found if len(may) == len(kinds) else [one for one in found if one.value.partition("/")[0] in named]

    async def _namespaces(self, actor: Actor, command: AnyCommand, channel: Channel, query: str) -> Sequence[Option]:
        """Those of the channel in which the person may use the command."""
        asked = Asked("", self.remembered.clock.now())
        known = await self.remembered.get((NAMESPACE,), lambda: COMPLETED[NAMESPACE](self.on, asked))
        wanted = query.strip().lower()
        covered = [one for one in known if channel.covers(one.value) and wanted in one.value]
        if await self._may(actor, command, ANYWHERE):
            return covered
        asked_about = covered[: min(NAMESPACES, REVIEWS // _reviews_of(command))]
        may = await asyncio.gather(*(self._may(actor, command, one.value) for one in asked_about))
        return [one for one, allowed in zip(asked_about, may, strict=True) if allowed]

    async def _holds(self, actor: Actor, needs: Sequence[Access], namespace: str) -> bool:
        async def ask() -> Sequence[Option]:
            layers = await self.authorizer.kubernetes_layers(actor.subject, needs, namespace)
            return [YES] if all(layer.allowed for layer in layers) else []

        return bool(await self.remembered.get((actor.subject, tuple(needs), namespace), ask))

    async def _may(self, actor: Actor, command: AnyCommand, namespace: str) -> bool:
        async def ask() -> Sequence[Option]:
            return [YES] if await may_use(self.authorizer, actor, command, namespace) else []

        return bool(await self.remembered.get((actor.subject, command.name, namespace), ask))


def completed_by(command: AnyCommand, field: str) -> str:
    """What the field of that name completes; empty: nothing."""
    return next((one.meta.get("completes", "") for one in parameters(command.args) if one.name == field), "")


def standing(draft: Draft, completed: str) -> str:
    """What stands in the field that completes that; empty while nothing does."""
    found = (one.name for one in parameters(draft.command.args) if one.meta.get("completes") == completed)
    return str(draft.values.get(next(found, ""), ""))


def matching(options: Sequence[Option], query: str) -> list[Option]:
    """Of *options* those that hold *query*; what is typed can be chosen as it is, for names may be on their way."""
    wanted = query.strip().lower()
    held = [one for one in options if wanted in f"{one.label} {one.about}".lower()]
    found = sorted(held, key=lambda one: _rank(one.label, wanted))[:MOST]
    is_new = wanted and all(one.value != query.strip() for one in options)
    typed = [Option(query.strip(), query.strip())] if is_new else []
    return [*found[: MOST - len(typed)], *typed]


def _rank(name: str, wanted: str) -> bool:
    """Names that begin with it first, with or without their kind; otherwise as they came."""
    return not (name.lower().startswith(wanted) or name.lower().rpartition("/")[2].startswith(wanted))


def _listing(kind: Resource) -> Access:
    """What one must be allowed to see the names of a kind."""
    return access(kind.group, [kind.plural], ["list"])


def _reviews_of(command: AnyCommand) -> int:
    """What it costs to ask whether somebody may use *command* in one namespace."""
    return max(1, sum(len(rule.resources) * len(rule.verbs) for rule in command.access))
