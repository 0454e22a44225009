"""What is told of an incident only to who may see the pods it speaks of."""

from bot.model.incident import Incident
from bot.spec import access

READS = (access("", ["pods"], ["get", "list"]), access("", ["pods/log"], ["get"]))
"""An incident quotes pods and the last lines of their logs."""


def ended_by(incident: Incident) -> str:
    """Who did what went before its recovery, else who looked after it; empty: nobody."""
    who = incident.remedy.requester if incident.remedy else incident.acknowledged_by
    return who.called if who else ""
