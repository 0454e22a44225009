"""Acknowledging an incident from its card, or asking for an hour of quiet."""

from dataclasses import dataclass
from datetime import timedelta

import msgspec

from bot.engine import attending
from bot.engine.authorize import Authorizer
from bot.engine.incident_notices import IncidentNotices
from bot.engine.requirements import tiers_for
from bot.errors import Conflict, Denied
from bot.model.actor import Actor
from bot.model.event import Event, EventKind
from bot.model.incident import Incident, IncidentState, Told
from bot.model.incoming import Click
from bot.model.resources import BY_NAME, POD
from bot.ports_ledger import Ledger
from bot.spec import Access, Risk

QUIET = timedelta(hours=1)
"""As the button says."""
ACTIONS = {"ack": "acknowledge", "snooze": "snooze"}
"""Action of a button → the word that policy rules know it by."""


@dataclass(frozen=True)
class Acknowledging:
    """Who silences an alarm answers for it: he must be one who may change what it is about."""

    authorizer: Authorizer
    ledger: Ledger
    notices: IncidentNotices

    async def click(self, click: Click) -> None:
        """Acknowledge or snooze. Raises Denied, Conflict, NotFound."""
        actor = await self.authorizer.actor(click.origin, fresh=True)
        incident = await self.ledger.incident(click.value)
        await self._permit(actor, incident, click)
        async with self.ledger.transaction() as tx:
            current = await tx.lock_incident(incident.id)
            if not current.is_standing:
                raise Conflict(f"{current.owner} is no longer in trouble. Nothing was changed.")
            told = Told.ACKNOWLEDGED if click.action == "ack" else Told.SNOOZED
            quiet = await tx.now() + QUIET if told is Told.SNOOZED else current.snoozed_until
            changed = msgspec.structs.replace(
                current, state=IncidentState.ACKNOWLEDGED, acknowledged_by=actor, snoozed_until=quiet
            )
            await self.notices.tell(tx, await tx.save_incident(changed), told)
            await tx.audit(_event(changed, actor, told))
            await attending.finish(tx, click.origin.key)

    async def _permit(self, actor: Actor, incident: Incident, click: Click) -> None:
        """The channel, Kubernetes and policy, as for a change of the owner itself. Raises Denied."""
        owner, word = incident.owner, ACTIONS[click.action]
        bound = self.authorizer.channel(click.origin.channel)
        if not bound.covers(owner.namespace or "*") and click.origin.channel not in incident.channels:
            raise Denied(f"This channel may not see namespace {owner.namespace}. Nothing was changed.")
        resource = BY_NAME.get(owner.kind, POD)  # of a kind that we do not know, incidents are those of its pods
        needs = (Access(resource.group, (resource.plural,), ("patch",)),)
        for layer in await self.authorizer.kubernetes_layers(actor.subject, needs, owner.namespace):
            if not layer.allowed:
                raise Denied(
                    f"You may not {word} this: it is for those who may change {owner}. Nothing was changed.",
                    hint=f"{layer.name}: {layer.reason}.",
                )
        tiers_for(
            self.authorizer.policy, command=word, risk=Risk.CHANGE, namespace=owner.namespace, names=(owner.name,)
        )


def _event(incident: Incident, actor: Actor, told: Told) -> Event:
    kind = EventKind.ACKNOWLEDGED if told is Told.ACKNOWLEDGED else EventKind.SNOOZED
    detail = {"incident": incident.id, "number": incident.number, "fault": incident.fault.value}
    return Event(kind=kind, actor=actor, text=incident.owner.full, detail=detail)
