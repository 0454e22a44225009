"""The pod's row: kubectl's STATUS and RESTARTS are made here, out of container states."""

from datetime import datetime
from typing import Any

from playground.cluster.kobject import Object, is_dying
from playground.cluster.tables.column import AGE, NAME, Column
from playground.cluster.tables.durations import age


def pod_status(pod: Object) -> str:
    """Sum a pod up in the word that kubectl shows."""
    status = pod.get("status", {})
    reason: str = status.get("reason") or status.get("phase", "Unknown")
    init = _init_reason(pod)
    reason = init or _container_reason(status, reason)
    if is_dying(pod):
        return "Unknown" if status.get("reason") == "NodeLost" else "Terminating"
    return reason


def _init_reason(pod: Object) -> str:
    statuses = pod.get("status", {}).get("initContainerStatuses") or ()
    total = len(pod["spec"].get("initContainers") or ())
    sidecars = {
        each["name"] for each in pod["spec"].get("initContainers") or () if each.get("restartPolicy") == "Always"
    }
    for place, entry in enumerate(statuses):
        state = entry.get("state", {})
        terminated, waiting = state.get("terminated"), state.get("waiting")
        if terminated and terminated.get("exitCode") == 0:
            continue
        if entry["name"] in sidecars and entry.get("started"):
            continue
        if terminated:
            return f"Init:{terminated.get('reason') or 'ExitCode:' + str(terminated['exitCode'])}"
        if waiting and waiting.get("reason") not in {None, "", "PodInitializing"}:
            return f"Init:{waiting['reason']}"
        return f"Init:{place}/{total}"
    return ""


def _container_reason(status: Object, reason: str) -> str:
    running = False
    for entry in reversed(status.get("containerStatuses") or ()):
        state = entry.get("state", {})
        waiting, terminated = state.get("waiting"), state.get("terminated")
        if waiting and waiting.get("reason"):
            reason = waiting["reason"]
        elif terminated:
            reason = terminated.get("reason") or (
                f"Signal:{terminated['signal']}" if terminated.get("signal") else f"ExitCode:{terminated['exitCode']}"
            )
        elif entry.get("ready") and state.get("running"):
            running = True
    if reason == "Completed" and running:
        return "Running" if _is_ready(status) else "NotReady"
    return reason


def _is_ready(status: Object) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions") or ())


def _ready(pod: Object, now: datetime) -> str:
    del now
    ready = sum(bool(entry.get("ready")) for entry in pod.get("status", {}).get("containerStatuses") or ())
    return f"{ready}/{len(pod['spec']['containers'])}"


def _restarts(pod: Object, now: datetime) -> str:
    entries = pod.get("status", {}).get("containerStatuses") or ()
    count = sum(entry.get("restartCount", 0) for entry in entries)
    ends = [
        entry["lastState"]["terminated"].get("finishedAt")
        for entry in entries
        if "terminated" in entry.get("lastState", {})
    ]
    latest = max((end for end in ends if end), default=None)
    return f"{count} ({age(latest, now)} ago)" if count and latest else str(count)


def _gates(pod: Object, now: datetime) -> Any:
    del now
    gates = pod["spec"].get("readinessGates") or ()
    if not gates:
        return "<none>"
    held = {each["type"] for each in pod["status"].get("conditions") or () if each["status"] == "True"}
    return f"{sum(gate['conditionType'] in held for gate in gates)}/{len(gates)}"


COLUMNS = (
    NAME,
    Column("Ready", _ready),
    Column("Status", lambda pod, now: pod_status(pod)),
    Column("Restarts", _restarts),
    AGE,
    Column("IP", lambda pod, now: pod.get("status", {}).get("podIP") or "<none>", 1),
    Column("Node", lambda pod, now: pod["spec"].get("nodeName") or "<none>", 1),
    Column("Nominated Node", lambda pod, now: pod.get("status", {}).get("nominatedNodeName") or "<none>", 1),
    Column("Readiness Gates", _gates, 1),
)
