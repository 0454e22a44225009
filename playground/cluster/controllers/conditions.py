"""Lists of conditions and the readiness of pods."""

from datetime import datetime

from playground.cluster.clock import Clock, moment_of, stamp
from playground.cluster.kobject import Object, is_dying

FAILURE = "ReplicaFailure"
"""Of a ReplicaSet, and of its Deployment: pods are not admitted."""


def condition(obj: Object, type_: str) -> Object | None:
    for each in obj.get("status", {}).get("conditions") or ():
        if each["type"] == type_:
            return dict(each)
    return None


def is_true(obj: Object, type_: str) -> bool:
    found = condition(obj, type_)
    return found is not None and found["status"] == "True"


def with_condition(conditions: list[Object], new: Object, now: datetime) -> list[Object]:
    """Return the list with one condition set; its transition time moves only when the status does."""
    kept = [each for each in conditions if each["type"] != new["type"]]
    before = next((each for each in conditions if each["type"] == new["type"]), None)
    same = before is not None and before["status"] == new["status"]
    changed = before["lastTransitionTime"] if same and before is not None else stamp(now)
    place = next((at for at, each in enumerate(conditions) if each["type"] == new["type"]), len(kept))
    return [*kept[:place], {**new, "lastTransitionTime": changed}, *kept[place:]]


def is_finished(pod: Object) -> bool:
    return pod.get("status", {}).get("phase") in {"Succeeded", "Failed"}


def is_active(pod: Object) -> bool:
    return not is_finished(pod) and not is_dying(pod)


def is_ready(pod: Object) -> bool:
    return is_true(pod, "Ready")


def available_in_s(pod: Object, min_ready_s: int, clock: Clock) -> float | None:
    """Return in how many seconds a pod counts as available: 0 when it does now, None while it is not ready."""
    ready = condition(pod, "Ready")
    if ready is None or ready["status"] != "True" or is_dying(pod):
        return None
    if min_ready_s == 0:
        return 0.0
    return max(0.0, min_ready_s - clock.elapsed_s(moment_of(ready["lastTransitionTime"])))
