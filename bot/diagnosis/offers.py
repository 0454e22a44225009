"""Command lines that an incident's card offers: the way back, the logs, another try; each runs as who presses it."""

import shlex

from bot.model.incident import Incident
from bot.model.reply import Button
from bot.model.symptom import Fault

ROLLED_OUT = frozenset({"deployment", "statefulset", "daemonset"})
"""Kinds that can be restarted and rolled back."""
LOGGED = frozenset({Fault.CRASH_LOOP, Fault.OOM_KILLED, Fault.JOB_FAILED})
"""Faults of which something was written to a log."""


def choices(incident: Incident) -> list[Button]:
    """At most two buttons; the third is Acknowledge or Snooze."""
    if incident.fault is Fault.BACKUP_OVERDUE:
        instance = incident.worst.subject.name
        lines = {"Back up…": ("backup", "create"), "Backups": ("backup", "list")}
        return [Button(label, _line(*words, instance, incident=incident)) for label, words in lines.items()]
    found = []
    known = incident.diagnosis
    if incident.owner.kind in ROLLED_OUT and known is not None and known.back_to:
        line = _line("rollback", str(incident.owner), "--to-revision", str(known.back_to), incident=incident)
        found.append(Button(f"Roll back to {known.back_to}…", line))
    if incident.fault is Fault.JOB_FAILED:
        found.append(Button("Re-run…", _line("job", "rerun", incident.worst.subject.name, incident=incident)))
    if incident.fault in LOGGED:
        found.append(Button("Logs", _logs(incident)))
    elif incident.fault is not Fault.NODE_NOT_READY:
        found.append(Button("Why?", _why(incident)))
    return found


def more(incident: Incident) -> list[Button]:
    """What is rarer, for the menu."""
    if incident.fault is Fault.BACKUP_OVERDUE:
        return []
    found = []
    if incident.owner.kind in ROLLED_OUT and incident.fault is not Fault.IMAGE_PULL:
        found.append(Button("Restart…", _line("restart", str(incident.owner), incident=incident)))
    if incident.fault in LOGGED and incident.fault is not Fault.JOB_FAILED:
        found.append(Button("Why?", _why(incident)))
    subject = incident.worst.subject
    found.append(Button("Describe", _line("describe", subject.kind, subject.name, incident=incident)))
    return found


def _logs(incident: Incident) -> str:
    """Of the job, or of the worst container's life before its last restart."""
    worst = incident.worst
    if incident.fault is Fault.JOB_FAILED:
        return _line("logs", str(worst.subject), incident=incident)
    return _line("logs", str(worst.subject), "-c", worst.container, "--previous", incident=incident)


def _why(incident: Incident) -> str:
    return _line("why", str(incident.owner), incident=incident)


def _line(*words: str, incident: Incident) -> str:
    namespace = incident.owner.namespace
    return shlex.join([*words, *(["-n", namespace] if namespace else [])])
