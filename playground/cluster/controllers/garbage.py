"""Deletes what lost its owners, and carries out Foreground and Orphan deletion."""

from collections.abc import Iterator

from playground.cluster.kobject import Key, Object, is_dying, key_of
from playground.cluster.objects.lifecycle import FOREGROUND, ORPHAN, DeleteOptions, Propagation, with_finalizers
from playground.cluster.resources import Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

_UID_KEY = "uid"


class GarbageCollector:
    """Its keys are uids of owners that go or are gone."""

    def __init__(self, state: ClusterState) -> None:
        self._state = state
        self._owners: dict[str, tuple[Resource, Key]] = {}
        self._uids: set[str] = set()

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        metadata = change.object["metadata"]
        references = metadata.get("ownerReferences", ())
        if change.type == "DELETED":
            self._uids.discard(metadata["uid"])
            yield _UID_KEY, metadata["uid"]
            yield from ((_UID_KEY, each["uid"]) for each in references if each["uid"] in self._owners)
            return
        self._uids.add(metadata["uid"])
        if is_dying(change.object) and {FOREGROUND, ORPHAN} & set(metadata.get("finalizers", ())):
            self._owners[metadata["uid"]] = resource, key_of(change.object)
            yield _UID_KEY, metadata["uid"]
        if change.type == "ADDED":
            yield from ((_UID_KEY, each["uid"]) for each in references if each["uid"] not in self._uids)

    def reconcile(self, key: Key) -> float | None:
        uid = key[1]
        going = self._owners.get(uid)
        owner = self._state.find(going[0], *going[1]) if going else None
        if going is None or owner is None or owner["metadata"]["uid"] != uid:
            self._owners.pop(uid, None)
            if uid not in self._uids:
                self._delete_dependents(uid, "Background")
            return None
        finalizers = owner["metadata"].get("finalizers", ())
        if ORPHAN in finalizers:
            self._orphan(uid)
            self._unblock(going[0], owner, ORPHAN)
        elif FOREGROUND in finalizers and not self._delete_dependents(uid, "Foreground"):
            self._unblock(going[0], owner, FOREGROUND)
        return None

    def _delete_dependents(self, uid: str, propagation: Propagation) -> bool:
        """Delete what depends on *uid* alone; tell whether something that blocks its deletion is left."""
        blocked = False
        for resource, obj in self._state.store.dependents(uid):
            references = obj["metadata"]["ownerReferences"]
            others = [each for each in references if each["uid"] != uid and each["uid"] in self._uids]
            if others:
                self._state.update(resource, {**obj, "metadata": {**obj["metadata"], "ownerReferences": others}})
                continue
            blocked = blocked or any(each["uid"] == uid and each.get("blockOwnerDeletion") for each in references)
            if not is_dying(obj):
                self._state.delete_quietly(resource, obj, DeleteOptions(propagation=propagation))
        return blocked and bool(self._state.store.dependents(uid))

    def _orphan(self, uid: str) -> None:
        for resource, obj in self._state.store.dependents(uid):
            metadata = {**obj["metadata"]}
            metadata["ownerReferences"] = [each for each in metadata["ownerReferences"] if each["uid"] != uid]
            if not metadata["ownerReferences"]:
                del metadata["ownerReferences"]
            self._state.update(resource, {**obj, "metadata": metadata})

    def _unblock(self, resource: Resource, owner: Object, finalizer: str) -> None:
        current = self._state.find(resource, *key_of(owner))
        if current is not None:
            left = [each for each in current["metadata"].get("finalizers", ()) if each != finalizer]
            self._state.update(resource, with_finalizers(current, left))
