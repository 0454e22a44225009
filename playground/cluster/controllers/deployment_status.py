"""What a Deployment's status says: counts, Available, Progressing and its deadline. Pure but for the clock."""

from playground.cluster.clock import Clock, moment_of, stamp
from playground.cluster.controllers.conditions import FAILURE, condition, with_condition
from playground.cluster.controllers.rollout import limits, wanted
from playground.cluster.kobject import Object


def deployment_status(
    deployment: Object, new: Object | None, old: list[Object], clock: Clock
) -> tuple[Object, float | None]:
    """Return the status and, while the rollout goes on, in how many seconds its deadline is."""
    spec, before = deployment["spec"], deployment.get("status", {})
    counts = _counts(new, old)
    status: Object = {"observedGeneration": deployment["metadata"]["generation"]}
    status |= {name: count for name, count in counts.items() if count}
    missing = sum(wanted(each) for each in ([new] if new else []) + old) - counts["availableReplicas"]
    if missing > 0:
        status["unavailableReplicas"] = missing
    now = clock.now()
    conditions = with_condition(before.get("conditions") or [], _availability(spec, counts, deployment, clock), now)
    progress = _progress(deployment, new, old, counts, clock)
    conditions = [each for each in with_condition(conditions, progress, now) if each["type"] != FAILURE]
    status["conditions"] = [*conditions, *_failures(new, old)]
    unfinished = progress["reason"] not in {"NewReplicaSetAvailable", "ProgressDeadlineExceeded", "DeploymentPaused"}
    if not unfinished or spec["progressDeadlineSeconds"] >= 2**31 - 1:
        return status, None
    return status, spec["progressDeadlineSeconds"] - clock.elapsed_s(moment_of(progress["lastUpdateTime"])) + 1


def _failures(new: Object | None, old: list[Object]) -> list[Object]:
    """What admission says against pods: of the new ReplicaSet, else of the first that is refused any."""
    failing = [found for each in [*([new] if new else []), *old] if (found := condition(each, FAILURE)) is not None]
    return [{**each, "lastUpdateTime": each["lastTransitionTime"]} for each in failing[:1]]


def _counts(new: Object | None, old: list[Object]) -> dict[str, int]:
    every = [each.get("status", {}) for each in ([new] if new else []) + old]
    return {
        "replicas": sum(each.get("replicas", 0) for each in every),
        "updatedReplicas": (new or {}).get("status", {}).get("replicas", 0),
        "readyReplicas": sum(each.get("readyReplicas", 0) for each in every),
        "availableReplicas": sum(each.get("availableReplicas", 0) for each in every),
    }


def _availability(spec: Object, counts: dict[str, int], deployment: Object, clock: Clock) -> Object:
    enough = counts["availableReplicas"] >= spec["replicas"] - limits(spec).unavailable
    told = "has" if enough else "does not have"
    new: Object = {
        "type": "Available", "status": "True" if enough else "False",
        "reason": "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable",
        "message": f"Deployment {told} minimum availability.",
    }  # fmt: skip
    return _dated(new, condition(deployment, "Available"), clock)


def _dated(new: Object, before: Object | None, clock: Clock) -> Object:
    same = before is not None and before["status"] == new["status"] and before["reason"] == new["reason"]
    return {**new, "lastUpdateTime": before["lastUpdateTime"] if same and before else stamp(clock.now())}


def _progress(
    deployment: Object, new: Object | None, old: list[Object], counts: dict[str, int], clock: Clock
) -> Object:
    spec, before = deployment["spec"], condition(deployment, "Progressing")
    if spec.get("paused"):
        paused = {
            "type": "Progressing",
            "status": "Unknown",
            "reason": "DeploymentPaused",
            "message": "Deployment is paused",
        }
        return _dated(paused, before, clock)
    name = new["metadata"]["name"] if new else ""
    if _is_complete(spec, counts, old):
        return _dated(
            _says("True", "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.'), before, clock
        )
    if before is not None and before["reason"] == "NewReplicaSetAvailable" and _only_scales(before, name, counts):
        return before
    if _moved(deployment, counts) or before is None or _is_new_rollout(before, name):
        reason = "NewReplicaSetCreated" if not counts["updatedReplicas"] else "ReplicaSetUpdated"
        told = (
            f'Created new replica set "{name}"'
            if reason == "NewReplicaSetCreated"
            else f'ReplicaSet "{name}" is progressing.'
        )
        return {**_says("True", reason, told), "lastUpdateTime": stamp(clock.now())}
    if before["reason"] == "ProgressDeadlineExceeded":
        return before
    late = clock.elapsed_s(moment_of(before["lastUpdateTime"])) > spec["progressDeadlineSeconds"]
    if late and before["reason"] != "NewReplicaSetAvailable":
        told = f'ReplicaSet "{name}" has timed out progressing.'
        return {**_says("False", "ProgressDeadlineExceeded", told), "lastUpdateTime": stamp(clock.now())}
    return before


def _says(status: str, reason: str, message: str) -> Object:
    return {"type": "Progressing", "status": status, "reason": reason, "message": message}


def _is_complete(spec: Object, counts: dict[str, int], old: list[Object]) -> bool:
    replicas = spec["replicas"]
    return counts["updatedReplicas"] == counts["replicas"] == counts["availableReplicas"] == replicas and not any(
        wanted(each) for each in old
    )


def _only_scales(before: Object, name: str, counts: dict[str, int]) -> bool:
    """A change of size after a finished rollout is no new rollout."""
    return counts["replicas"] == counts["updatedReplicas"] and not _is_new_rollout(before, name)


def _is_new_rollout(before: Object, name: str) -> bool:
    """A finished or failed rollout of another ReplicaSet gives a new one its full time; so does un-pausing."""
    return before["reason"] == "DeploymentPaused" or (bool(name) and f'"{name}"' not in before["message"])


def _moved(deployment: Object, counts: dict[str, int]) -> bool:
    before = deployment.get("status", {})
    old_before = before.get("replicas", 0) - before.get("updatedReplicas", 0)
    old_now = counts["replicas"] - counts["updatedReplicas"]
    return bool(
        counts["updatedReplicas"] > before.get("updatedReplicas", 0)
        or counts["readyReplicas"] > before.get("readyReplicas", 0)
        or counts["availableReplicas"] > before.get("availableReplicas", 0)
        or old_now < old_before
    )
