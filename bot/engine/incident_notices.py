"""What people see of an incident: one card per channel, edited in place, and the lines of its thread."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.model.incident import Incident, Told
from bot.model.outgoing import Card, Lane
from bot.ports_ledger import Transaction
from bot.render.incident import incident_card
from bot.render.incident_digest import digest
from bot.render.incident_thread import excerpt, line

MANY = 6
"""Incidents that open at once before a digest goes ahead of their cards."""


@dataclass(frozen=True)
class IncidentNotices:
    """Everything goes through the outbox, in the transaction that made it true."""

    async def tell(self, tx: Transaction, incident: Incident, told: Told) -> None:
        """Show where *incident* stands, and tell its story; a snoozed one keeps quiet until it ends."""
        is_snoozed = incident.snoozed_until is not None and incident.snoozed_until > await tx.now()
        for channel in incident.channels:
            key = f"incident:{incident.id}:{channel}"
            lane = Lane.PROGRESS if told is Told.EDITED else Lane.ALERT
            namespace = incident.owner.namespace
            await tx.put(Card(key, channel, incident_card(incident), lane, namespace=namespace))
            if is_snoozed and told is not Told.SNOOZED:
                continue
            for name, message in (("line", line(incident, told)), ("log", excerpt(incident, told))):
                if message is not None:
                    line_key = f"{key}:{name}:{incident.version}"
                    await tx.put(Card(line_key, channel, message, Lane.ALERT, key, namespace=namespace))

    async def sum_up(self, tx: Transaction, incidents: Sequence[Incident]) -> None:
        """Put a digest ahead where many open at once; the same ones within the hour are one message."""
        for channel in sorted({channel for one in incidents for channel in one.channels}):
            shown = [one for one in incidents if channel in one.channels]
            if len(shown) >= MANY:
                key = f"incident:{_fingerprint(shown)}:{channel}"
                await tx.put(Card(key=key, channel=channel, message=digest(shown), lane=Lane.ALERT))


def _fingerprint(incidents: Sequence[Incident]) -> str:
    names = sorted(f"{one.fault} {one.owner.full}" for one in incidents)
    told = "\n".join([*names, f"{incidents[0].opened_at:%Y-%m-%d %H}"])
    return f"digest-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
