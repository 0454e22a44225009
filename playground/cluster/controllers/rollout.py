"""The arithmetic of a Deployment's rollout: which ReplicaSet may grow or shrink by how much. Pure."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from playground.cluster.kobject import Object

HASH_LABEL = "pod-template-hash"
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


@dataclass(frozen=True)
class Limits:
    """How many pods may exist beyond, and be missing from, the wanted number."""

    surge: int
    unavailable: int


def limits(spec: Object) -> Limits:
    """Resolve maxSurge (rounded up) and maxUnavailable (rounded down); with both 0 one pod may be missing."""
    replicas = spec["replicas"]
    if spec["strategy"]["type"] == "Recreate":
        return Limits(0, replicas)
    rolling = spec["strategy"].get("rollingUpdate") or {}
    surge = resolve(rolling.get("maxSurge", "25%"), replicas, math.ceil)
    unavailable = resolve(rolling.get("maxUnavailable", "25%"), replicas, math.floor)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return Limits(surge, min(unavailable, replicas))


def resolve(value: int | str, of: int, rounding: Callable[[float], int]) -> int:
    """Resolve a number or a percentage."""
    if isinstance(value, int):
        return value
    share = int(value.rstrip("%")) * of / 100
    return rounding(share)


def template_hash(template: Object) -> str:
    """Return ten letters that stand for a pod template, in the alphabet of the real hash."""
    digest = int.from_bytes(hashlib.sha256(orjson.dumps(bare(template), option=orjson.OPT_SORT_KEYS)).digest()[:8])
    letters = []
    for _ in range(10):
        digest, place = divmod(digest, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)


def bare(template: Object) -> Object:
    """Return the template without the label that a ReplicaSet's copy of it carries."""
    metadata = {name: value for name, value in (template.get("metadata") or {}).items() if value}
    labels = {name: value for name, value in (metadata.get("labels") or {}).items() if name != HASH_LABEL}
    return {**template, "metadata": {**metadata, "labels": labels}}


def wanted(replica_set: Object) -> int:
    count: int = replica_set["spec"]["replicas"]
    return count


def available(replica_set: Object) -> int:
    count: int = replica_set.get("status", {}).get("availableReplicas", 0)
    return count


def grown(spec: Object, new: Object, all_sets: list[Object]) -> int:
    """Return how many replicas the new ReplicaSet may have now."""
    replicas: int = spec["replicas"]
    if spec["strategy"]["type"] == "Recreate" or wanted(new) > replicas:
        return replicas
    room = replicas + limits(spec).surge - sum(wanted(each) for each in all_sets)
    return wanted(new) + max(0, min(room, replicas - wanted(new)))


def shrunk(spec: Object, new: Object, old: list[Object]) -> dict[str, int]:
    """Return the replicas that old ReplicaSets may go down to now, by name; unhealthy pods go first."""
    least_available = spec["replicas"] - limits(spec).unavailable
    new_missing = wanted(new) - available(new)
    removable = sum(wanted(each) for each in [new, *old]) - least_available - new_missing
    sizes = {each["metadata"]["name"]: wanted(each) for each in old}
    by_age = sorted(old, key=lambda each: each["metadata"]["creationTimestamp"])
    for each in by_age:
        unhealthy = min(removable, wanted(each) - available(each))
        if unhealthy > 0:
            sizes[each["metadata"]["name"]] -= unhealthy
            removable -= unhealthy
    spare = sum(available(each) for each in [new, *old]) - least_available
    for each in by_age:
        name = each["metadata"]["name"]
        healthy = min(spare, removable, sizes[name])
        if healthy > 0:
            sizes[name] -= healthy
            spare, removable = spare - healthy, removable - healthy
    return sizes
