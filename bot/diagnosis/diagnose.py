"""Diagnose: gather bounded evidence on an incident, at most ten small requests, and conclude what is likely."""

import asyncio
from collections.abc import Callable

import msgspec

from bot.diagnosis import waiting
from bot.diagnosis.endings import OF_SIGNALS, ending
from bot.diagnosis.evidence import last_lines, safe, warnings_about
from bot.diagnosis.image_pull import pull_fault, registry_words
from bot.diagnosis.log_clues import Clue, clue
from bot.diagnosis.revisions import Changes, changes
from bot.errors import BotError
from bot.model.incident import Diagnosis, Incident
from bot.model.kube.pods import Pod, Terminated, WatchedPod
from bot.model.logs import LogSource
from bot.model.plan import Fact
from bot.model.quoting import code, quoted
from bot.model.symptom import Fault, Symptom
from bot.ports import ReadOnly

JOB_LABEL = "job-name"
"""On every pod of a job, also of old API servers."""
KILLING_PROBES = frozenset(("Liveness", "Startup"))
"""A container that fails one of these is ended; who is not ready is only left without traffic."""
ENDED_FROM_OUTSIDE = frozenset((0, OF_SIGNALS + 9, OF_SIGNALS + 15))
"""Exit codes of who was asked to stop, and did, or was killed for it."""
PODS_NAMED = 8
"""Of a lost node: what fits into a card that is read on a phone."""

Visible = Callable[[str], bool]
"""Namespace → whether everybody who may be shown the incident may see what is in it."""


def nothing(namespace: str) -> bool:
    """For whoever was asked for no right to what is beside the incident."""
    del namespace
    return False


async def diagnose(incident: Incident, on: ReadOnly, *, visible: Visible = nothing) -> Diagnosis | None:
    """Why, as far as the evidence goes (raises what the cluster raises)."""
    match incident.fault:
        case Fault.CRASH_LOOP | Fault.OOM_KILLED:
            return await _crash(incident, on)
        case Fault.IMAGE_PULL:
            return await _image(incident, on)
        case Fault.JOB_FAILED:
            return await _job(incident, on)
        case Fault.NODE_NOT_READY:
            return await _node(incident, on, visible)
        case Fault.BACKUP_OVERDUE:
            return Diagnosis()
        case Fault.CONFIG_ERROR | Fault.UNSCHEDULABLE | Fault.ROLLOUT_STALLED | Fault.UNAVAILABLE:
            found = await _changes(incident, on)
            return _with(found, Diagnosis(likely=waiting.likely(incident.worst)))


async def _crash(incident: Incident, on: ReadOnly) -> Diagnosis:
    worst = incident.worst
    source = LogSource(worst.subject.name, worst.container)
    lines, found = await asyncio.gather(
        last_lines(on.logs, source, worst.subject.namespace, previous=True), _changes(incident, on)
    )
    seen = clue(lines)
    probed = "" if seen.cause or incident.fault is Fault.OOM_KILLED else await _probed(worst, on)
    likely = _out_of_memory(worst, found) if incident.fault is Fault.OOM_KILLED else crash_words(worst, seen)
    return _with(found, Diagnosis(likely=probed or likely, log=lines, telling=seen.line))


async def _probed(worst: Symptom, on: ReadOnly) -> str:
    """Which probe made the kubelet end it; empty where it ended by itself, or no event says so."""
    if worst.exit_code not in ENDED_FROM_OUTSIDE:
        return ""
    place = f"{{{worst.container}}}"
    for event in reversed(await warnings_about(on.cluster, worst.subject)):
        probe, failed, said = event.said.partition(" probe failed:")
        if failed and probe in KILLING_PROBES and event.involved_object.field_path.endswith(place):
            words = f": {quoted(safe(said))}" if said.strip() else ""
            return f"Its {probe.lower()} probe fails, so the kubelet ends it (exit {worst.exit_code}){words}"
    return ""


def crash_words(worst: Symptom, seen: Clue) -> str:
    """`The database refuses the password (seen in the log; exit 1: its own error)`."""
    how = ending(worst.exit_code, worst.signal, worst.reason)
    if seen.cause:
        return f"{seen.cause} (seen in the log, exit {worst.exit_code})"
    said = f": {quoted(safe(worst.message))}" if worst.message else ""
    return f"Not sure: it ends with {how}{said}" if how else "Not sure: how it ended is not known"


def _out_of_memory(worst: Symptom, found: Changes) -> str:
    limit = (found.limits or {}).get(worst.container, "")
    more = f"its limit is {limit}" if limit else "it has no limit of its own, so the node ran short"
    return f"It used more memory than it may: {more} (exit {worst.exit_code}, OOMKilled)"


async def _image(incident: Incident, on: ReadOnly) -> Diagnosis:
    """The kubelet's own message first; the events only where it says no more than that it waits."""
    worst = incident.worst
    found = await _changes(incident, on)
    told = worst.message
    if len(told) < 1 or (told.startswith("Back-off pulling image") and "ErrImagePull:" not in told):
        events = await warnings_about(on.cluster, worst.subject)
        told = next((one.message for one in reversed(events) if "Failed to pull" in one.message), told)
    pull = pull_fault(worst.reason, told)
    words = safe(registry_words(told))
    facts = (Fact("Image", code(worst.image)), Fact("Registry", words or "says nothing"), Fact("Next", pull.fix))
    return _with(found, Diagnosis(likely=pull.likely, facts=facts))


async def _job(incident: Incident, on: ReadOnly) -> Diagnosis:
    worst = incident.worst
    job = worst.subject
    pods = await on.cluster.list(Pod, job.namespace, selector=f"{JOB_LABEL}={job.name}")
    reason = Fact("Reason", safe(f"{worst.reason}: {worst.message}"))
    ends = [(pod, status.name, ended) for pod in pods for status in pod.status.container_statuses
            if (ended := status.state.terminated) is not None and ended.exit_code != 0]  # fmt: skip
    if not ends:
        return Diagnosis(likely=waiting.likely(worst), facts=(reason,))
    pod, container, ended = max(ends, key=lambda end: _when(end[2]))
    source = LogSource(pod.metadata.name, container)
    lines = await last_lines(on.logs, source, job.namespace, previous=False)
    seen = clue(lines)
    how = ending(ended.exit_code, ended.signal, ended.reason)
    likely = (
        f"{seen.cause} (seen in the log, exit {ended.exit_code})" if seen.cause else f"{waiting.likely(worst)} ({how})"
    )
    facts = (reason, Fact("Pod", f"{pod.metadata.name} on {pod.spec.node_name}"))
    return Diagnosis(likely=likely, log=lines, telling=seen.line, facts=facts)


def _when(ended: Terminated) -> float:
    return ended.finished_at.timestamp() if ended.finished_at else 0.0


async def _node(incident: Incident, on: ReadOnly, visible: Visible) -> Diagnosis:
    """What was on it: counted whole, named as far as may be shown."""
    name = incident.owner.name
    pods = await on.cluster.list(WatchedPod, fields=f"spec.nodeName={name}")
    running = [pod.metadata for pod in pods if pod.status.phase not in ("Succeeded", "Failed")]
    later = "they are moved to other nodes after 5 minutes" if running else "no pod is affected"
    facts = [Fact("Pods", f"{len(running)} on it; {later}")]
    shown = sorted(f"{one.namespace}/{one.name}" for one in running if visible(one.namespace))[:PODS_NAMED]
    if shown:
        more = f" and {len(running) - len(shown)} more" if len(running) > len(shown) else ""
        facts.append(Fact("Names", ", ".join(f"`{one}`" for one in shown) + more))
    return Diagnosis(likely=waiting.likely(incident.worst), facts=tuple(facts))


async def _changes(incident: Incident, on: ReadOnly) -> Changes:
    try:
        return await changes(on.cluster, incident.owner, incident.opened_at)
    except BotError:
        return Changes()


def _with(found: Changes, diagnosis: Diagnosis) -> Diagnosis:
    return msgspec.structs.replace(diagnosis, changed=safe(found.changed), back_to=found.back_to, wanted=found.wanted)
