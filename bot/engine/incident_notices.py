"""What people see of an incident: one card per channel, edited in place, and the lines of its thread."""

from dataclasses import dataclass

from bot.model.incident import Incident, Told
from bot.model.outgoing import Card, Lane
from bot.ports_ledger import Transaction
from bot.render.incident import incident_card
from bot.render.incident_thread import excerpt, line


@dataclass(frozen=True)
class IncidentNotices:
    """Everything goes through the outbox, in the transaction that made it true."""

    async def tell(self, tx: Transaction, incident: Incident, told: Told) -> None:
        """Show where *incident* stands, and tell its story; a snoozed one keeps quiet until it ends."""
        now = await tx.now()
        is_snoozed = incident.snoozed_until is not None and incident.snoozed_until > now
        for channel in incident.channels:
            key = f"incident:{incident.id}:{channel}"
            lane = Lane.PROGRESS if told is Told.EDITED else Lane.ALERT
            await tx.put(Card(key=key, channel=channel, message=incident_card(incident), lane=lane))
            if is_snoozed and told is not Told.SNOOZED:
                continue
            for name, message in (("line", line(incident, told)), ("log", excerpt(incident, told))):
                if message is not None:
                    line_key = f"{key}:{name}:{incident.version}"
                    await tx.put(Card(key=line_key, channel=channel, message=message, parent=key, lane=Lane.ALERT))
