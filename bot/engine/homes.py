"""App Home: gather what concerns a person, hand it to the renderer; drawn when opened, and again when things move."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from bot.diagnosis.offers import choices
from bot.engine import attending
from bot.engine.authorize import Authorizer
from bot.engine.decidable import decidable
from bot.engine.glances import Glances
from bot.engine.loop import Backoff, forever
from bot.engine.openings import kept, opening_id
from bot.engine.places import DIRECT, places
from bot.engine.policy import Channel
from bot.errors import BotError, Denied
from bot.model.actor import Actor
from bot.model.form import Opening
from bot.model.incident import Incident, IncidentState
from bot.model.incoming import Origin
from bot.model.operation import Operation, State
from bot.model.outgoing import HomeContent
from bot.model.reply import Reply
from bot.ports import Clock, Directory
from bot.ports_ledger import Ledger
from bot.render.home import Alarm, Home, closed_home, home_view

LOOKED_AT = timedelta(minutes=10)
"""A home opened longer ago is drawn again when it is opened again; Slack does not tell when it is left."""

AGAIN_S = 30.0
"""Longest without a new look; an operation or incident that moves ends the wait."""

PAUSE_S = 5.0
"""Between two rounds: a rollout moves several times a second, and each home asks who may decide what waits."""

MOST_HOMES = 50
"""Drawn again in a round; views.publish is a call per person."""

RUNNING = frozenset({State.APPROVED, State.EXECUTING, State.APPLIED})
MINE = 5
"""The last operations of a person: what he would scroll for, no log."""


@dataclass(frozen=True)
class Homes:
    """What a person sees is limited to the namespaces of the channels that he is in."""

    authorizer: Authorizer
    directory: Directory
    ledger: Ledger
    glances: Glances
    clock: Clock
    slash: str
    looking: dict[str, Origin] = field(default_factory=dict)
    """Who opened his home lately, by user id; lost with the process, which costs one more click."""

    async def show(self, origin: Origin) -> None:
        """Publish the home of who opened it, or why he has none. Raises Unreachable."""
        self.looking.pop(origin.user_id, None)
        try:
            content = await self._drawn(origin)
            self.looking[origin.user_id] = origin
        except Denied as error:
            content = HomeContent(key=_key(origin), user=origin.user_id, view=closed_home(error))
        async with self.ledger.transaction() as tx:
            await tx.put(content)
            await attending.finish(tx, origin.key)

    async def run(self) -> None:
        """Draw homes again that somebody may still look at, until cancelled."""
        await forever(self._round, name="homes", backoff=Backoff())

    async def _round(self) -> None:
        await self.ledger.wait_news(AGAIN_S)
        await self.refresh()
        await self.clock.sleep(PAUSE_S)

    async def refresh(self) -> None:
        """Publish anew what changed; a home whose person may no longer see it is left as it is."""
        oldest = self.clock.now() - LOOKED_AT
        for user_id, origin in list(self.looking.items())[-MOST_HOMES:]:
            if origin.at < oldest:
                del self.looking[user_id]
                continue
            try:
                content = await self._drawn(origin)
            except BotError:
                continue
            async with self.ledger.transaction() as tx:
                await tx.put(content)

    async def _drawn(self, origin: Origin) -> HomeContent:
        actor = await self.authorizer.actor(origin, fresh=False)
        mine = await places(self.authorizer, self.directory, origin.user_id)
        pending = [one for one in await self.ledger.operations(states={State.PENDING}) if _covers(mine, one)]
        running = await self.ledger.operations(states=RUNNING)
        incidents = [one for one in await self.ledger.incidents() if one.is_standing]
        alarms = [_alarm(one, origin.user_id) for one in incidents if _is_shown(mine, one)]
        home = Home(
            waiting=await decidable(self.authorizer, actor, pending),
            alarms=[alarm for alarm, _ in alarms],
            running=[one for one in running if _covers(mine, one)],
            mine=await self.ledger.operations(requester=actor.subject.user, limit=MINE),
            platform=await self._platform(origin, actor, mine),
            favourites=await self.ledger.favourites(actor.person.user_id),
        )
        drawn = home_view(home, slash=self.slash)
        lines = {**drawn.lines, **kept([opening for _, openings in alarms for opening in openings])}
        return HomeContent(key=_key(origin), user=origin.user_id, view=drawn.view, lines=lines)

    async def _platform(self, origin: Origin, actor: Actor, mine: Mapping[str, Channel]) -> list[Reply]:
        """Of each home namespace, asked as from a channel that is bound to it; what is said twice stands once."""
        homes: dict[str, str] = {}
        for place, channel in mine.items():
            homes.setdefault(channel.home, place)
        looks: dict[str, Reply] = {}
        for place in homes.values():
            there = msgspec.structs.replace(origin, channel=place)
            looks |= {look.headline: look for look in await self.glances.platform(there, actor)}
        return list(looks.values())


def _key(origin: Origin) -> str:
    return f"home:{origin.user_id}"


def _covers(mine: Mapping[str, Channel], operation: Operation) -> bool:
    return any(channel.covers(operation.plan.namespace or "*") for channel in mine.values())


def _is_shown(mine: Mapping[str, Channel], incident: Incident) -> bool:
    """A node belongs to no namespace: it is shown to who is in a channel that was told."""
    return bool(set(incident.channels) & set(mine)) or any(
        channel.covers(incident.owner.namespace or "*") for channel in mine.values()
    )


def _alarm(incident: Incident, user_id: str) -> tuple[Alarm, list[Opening]]:
    """What its buttons do is done where the incident is told, for others to see."""
    channel = incident.channels[0] if incident.channels else DIRECT
    needs = incident.state is IncidentState.OPEN
    openings = {one.label: Opening(user=user_id, channel=channel, line=one.line) for one in choices(incident)}
    if needs:
        openings["Acknowledge"] = Opening(user=user_id, channel=channel, action="ack", about=incident.id)
    values = {label: opening_id(opening) for label, opening in openings.items()}
    return Alarm(incident, values, needs_somebody=needs), list(openings.values())
