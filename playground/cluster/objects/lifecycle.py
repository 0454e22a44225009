"""Birth, change and death of an object: uid, generation, deletionTimestamp, finalizers. Pure but for ids and clock."""

import random
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from playground.cluster.clock import moment_of, stamp
from playground.cluster.errors import conflict
from playground.cluster.kobject import Object, is_dying
from playground.cluster.resources import NAMESPACES, PODS, Resource

Propagation = Literal["Background", "Foreground", "Orphan"]
FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"
_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""The letters of generated names: without vowels, so that no word appears."""
_COUNTED = {"EndpointSlice", "NetworkPolicy"}
_UNCOUNTED = {
    "Namespace",
    "Node",
    "Service",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "ResourceQuota",
    "HorizontalPodAutoscaler",
}
"""Where the rule that kinds with a status have a generation does not hold."""
_FIXED_BY_SERVER = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation")


class Ids:
    """Generates uids and name suffixes; seeded, it repeats itself."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)

    def uid(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def suffix(self, length: int = 5) -> str:
        return "".join(self._random.choices(_SUFFIX_LETTERS, k=length))

    def hexadecimal(self, length: int) -> str:
        return "".join(self._random.choices(string.hexdigits[:16], k=length))


@dataclass(frozen=True)
class DeleteOptions:
    grace_s: int | None = None
    propagation: Propagation | None = None
    uid: str = ""
    resource_version: str = ""


def name_it(obj: Object, ids: Ids) -> None:
    """Give an object that has only generateName its name."""
    metadata = obj["metadata"]
    if not metadata.get("name") and metadata.get("generateName"):
        metadata["name"] = metadata["generateName"][:58] + ids.suffix()


def give_birth(resource: Resource, obj: Object, *, now: datetime, ids: Ids) -> None:
    """Set what the server sets on a new object."""
    metadata = obj["metadata"]
    for name in ("resourceVersion", "selfLink", *_FIXED_BY_SERVER):
        metadata.pop(name, None)
    metadata["uid"] = ids.uid()
    metadata["creationTimestamp"] = stamp(now)
    if has_generation(resource):
        metadata["generation"] = 1


def has_generation(resource: Resource) -> bool:
    """Tell whether the kind counts the changes of its spec."""
    return resource.kind in _COUNTED or ("status" in resource.subresources and resource.kind not in _UNCOUNTED)


def carry_over(resource: Resource, new: Object, old: Object) -> None:
    """Keep in *new* what a client may not set, and count a changed spec."""
    metadata, before = new["metadata"], old["metadata"]
    for name in _FIXED_BY_SERVER:
        metadata.pop(name, None)
        if name in before:
            metadata[name] = before[name]
    if has_generation(resource) and _spec(new) != _spec(old):
        metadata["generation"] = before.get("generation", 1) + 1


def _spec(obj: Object) -> Object:
    return {name: value for name, value in obj.items() if name not in {"metadata", "status"}}


def check_preconditions(resource: Resource, obj: Object, options: DeleteOptions) -> None:
    """Refuse with 409 when the object is not the one that the caller means."""
    metadata = obj["metadata"]
    for label, asked, have in (
        ("UID", options.uid, metadata["uid"]),
        ("ResourceVersion", options.resource_version, metadata["resourceVersion"]),
    ):
        if asked and asked != have:
            why = f"Precondition failed: {label} in precondition: {asked}, {label} in object meta: {have}"
            raise conflict(resource, metadata["name"], why)


def with_finalizers(obj: Object, finalizers: list[str]) -> Object:
    metadata = {**obj["metadata"], "finalizers": finalizers}
    if not finalizers:
        del metadata["finalizers"]
    return {**obj, "metadata": metadata}


def begin_death(resource: Resource, obj: Object, options: DeleteOptions, now: datetime) -> Object | None:
    """Return the object as it lingers while it is deleted; None when it can go at once."""
    finalizers = [name for name in obj["metadata"].get("finalizers", ()) if name not in {FOREGROUND, ORPHAN}]
    match options.propagation:
        case "Foreground":
            finalizers.append(FOREGROUND)
        case "Orphan":
            finalizers.append(ORPHAN)
    if options.propagation is None:
        finalizers = list(obj["metadata"].get("finalizers", ()))
    obj = with_finalizers(obj, finalizers)
    grace_s = _grace(resource, obj, options)
    lingers = finalizers or grace_s > 0 or (resource is NAMESPACES and obj["spec"].get("finalizers"))
    if not lingers:
        return None
    return _marked(resource, obj, grace_s, now)


def _marked(resource: Resource, obj: Object, grace_s: int, now: datetime) -> Object:
    metadata = {**obj["metadata"]}
    ends = now + timedelta(seconds=grace_s)
    if not is_dying(obj) or ends < moment_of(metadata["deletionTimestamp"]):
        metadata["deletionTimestamp"] = stamp(ends)
        metadata["deletionGracePeriodSeconds"] = grace_s
        if "generation" in metadata:
            metadata["generation"] += 1
    marked = {**obj, "metadata": metadata}
    if resource is NAMESPACES:
        marked["status"] = {**obj.get("status", {}), "phase": "Terminating"}
    return marked


def _grace(resource: Resource, obj: Object, options: DeleteOptions) -> int:
    """Only a pod that runs somewhere is given time."""
    if resource is not PODS:
        return 0
    finished = obj.get("status", {}).get("phase") in {"Succeeded", "Failed"}
    if finished or not obj["spec"].get("nodeName"):
        return 0
    if options.grace_s is not None:
        return max(0, options.grace_s)
    return int(obj["spec"].get("terminationGracePeriodSeconds", 30))


def may_go(resource: Resource, obj: Object) -> bool:
    """Tell whether a dying object has nothing left that holds it."""
    if not is_dying(obj) or obj["metadata"].get("finalizers"):
        return False
    if resource is PODS:
        return bool(obj["metadata"].get("deletionGracePeriodSeconds", 0) == 0)
    return not (resource is NAMESPACES and obj["spec"].get("finalizers"))
