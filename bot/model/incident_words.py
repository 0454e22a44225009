"""An incident in one line: what befell whom, and once it is over, for how long."""

from datetime import timedelta

from bot.model.durations import spoken
from bot.model.fault_words import NOW, THEN
from bot.model.incident import Incident, IncidentState
from bot.model.symptom import Fault


def headline(incident: Incident) -> str:
    """State and object: the line that alone must do."""
    match incident.state:
        case IncidentState.OPEN | IncidentState.ACKNOWLEDGED:
            return f"{incident.owner} {NOW[incident.fault]}"
        case IncidentState.HEALED:
            return f"{incident.owner} {_well(incident)} · {THEN[incident.fault]}{_lasted(incident)}"
        case IncidentState.GONE:
            return f"{incident.owner} is gone · {THEN[incident.fault]}"


def _well(incident: Incident) -> str:
    match incident.fault:
        case Fault.JOB_FAILED:
            return "went well again"
        case Fault.NODE_NOT_READY:
            return "is ready again"
        case Fault.BACKUP_OVERDUE:
            return "is backed up again"
        case _:
            return "is healthy again"


def _lasted(incident: Incident) -> str:
    """` for 12 min`; a job fails at one moment."""
    return "" if incident.fault is Fault.JOB_FAILED else f" for {spoken(lasted(incident))}"


def lasted(incident: Incident) -> timedelta:
    """From the opening to the end."""
    return (incident.ended_at or incident.opened_at) - incident.opened_at
