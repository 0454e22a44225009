"""The stored objects, their versions and the history that watches resume from.

Stored objects are never changed in place: whoever writes hands in a new one. So lists, snapshots and watches share
them without copying. One counter numbers all writes, as etcd's revision does.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import orjson

from playground.cluster.errors import already_exists, expired, not_found, stale, too_large_version
from playground.cluster.kobject import Key, Object, key_of
from playground.cluster.resources import Resource

EventType = Literal["ADDED", "MODIFIED", "DELETED"]
HISTORY = 2_000
"""Changes kept per resource; a watch that asks for older ones gets 410 (a real API server keeps about 75 s)."""


@dataclass(slots=True)
class Change:
    """One write, as watches see it; encoded at most once per event type."""

    type: EventType
    object: Object
    previous: Object | None
    revision: int
    _lines: dict[str, bytes] = field(default_factory=dict)

    def line(self, type_: EventType) -> bytes:
        line = self._lines.get(type_)
        if line is None:
            line = self._lines[type_] = watch_line(type_, self.object)
        return line


def watch_line(type_: str, obj: Object) -> bytes:
    return b'{"type":"%s","object":%s}\n' % (type_.encode(), orjson.dumps(obj))


Listener = Callable[[Resource, Change], None]


class _Collection:
    def __init__(self, history: int) -> None:
        self.objects: dict[Key, Object] = {}
        self.changes: deque[Change] = deque(maxlen=history)
        self.forgotten = 0
        self.watchers: list[Callable[[Change], None]] = []

    def remember(self, change: Change) -> None:
        if len(self.changes) == self.changes.maxlen:
            self.forgotten = self.changes[0].revision
        self.changes.append(change)
        for watcher in tuple(self.watchers):
            watcher(change)


class Store:
    def __init__(self, history: int = HISTORY) -> None:
        self.revision = 1
        self._history = history
        self._collections: dict[Resource, _Collection] = {}
        self._dependents: dict[str, set[tuple[Resource, Key]]] = {}
        self._listeners: list[Listener] = []

    # reading

    def get(self, resource: Resource, namespace: str, name: str) -> Object:
        """Return the stored object (raises 404)."""
        found = self.find(resource, namespace, name)
        if found is None:
            raise not_found(resource, name)
        return found

    def find(self, resource: Resource, namespace: str, name: str) -> Object | None:
        return self._collection(resource).objects.get((namespace, name))

    def items(self, resource: Resource, namespace: str = "") -> list[Object]:
        """Return the objects of a namespace, or of all, in the order of their keys as etcd does."""
        objects = self._collection(resource).objects
        return [objects[key] for key in sorted(objects) if not namespace or key[0] == namespace]

    def each(self, resource: Resource, namespace: str = "") -> Iterator[Object]:
        """Iterate without order."""
        for key, obj in list(self._collection(resource).objects.items()):
            if not namespace or key[0] == namespace:
                yield obj

    def dependents(self, uid: str) -> list[tuple[Resource, Object]]:
        """Return the objects that name *uid* as an owner."""
        found = ((resource, self.find(resource, *key)) for resource, key in sorted(
            self._dependents.get(uid, ()), key=lambda entry: (entry[0].plural, entry[1])
        ))  # fmt: skip
        return [(resource, obj) for resource, obj in found if obj is not None]

    def owned(self, owner: Object, resource: Resource) -> list[Object]:
        """Return the objects of one resource that name *owner* as an owner."""
        return [obj for of, obj in self.dependents(owner["metadata"]["uid"]) if of is resource]

    def resources(self) -> list[Resource]:
        return list(self._collections)

    # writing

    def insert(self, resource: Resource, obj: Object) -> Object:
        """Store a new object (raises 409 AlreadyExists)."""
        key = key_of(obj)
        collection = self._collection(resource)
        if key in collection.objects:
            raise already_exists(resource, key[1])
        return self._put(resource, collection, key, "ADDED", obj, None)

    def replace(self, resource: Resource, obj: Object) -> Object:
        """Store a new version of an object; an equal one is not a write (raises 404, 409 on a stale version)."""
        key = key_of(obj)
        collection = self._collection(resource)
        previous = self.get(resource, *key)
        version = obj["metadata"].get("resourceVersion")
        if version and version != previous["metadata"]["resourceVersion"]:
            raise stale(resource, key[1])
        if {**obj, "metadata": {**obj["metadata"], "resourceVersion": ""}} == {
            **previous, "metadata": {**previous["metadata"], "resourceVersion": ""},
        }:  # fmt: skip
            return previous
        return self._put(resource, collection, key, "MODIFIED", obj, previous)

    def remove(self, resource: Resource, namespace: str, name: str) -> Object:
        """Forget an object; its last state carries the version of its deletion (raises 404)."""
        previous = self.get(resource, namespace, name)
        collection = self._collection(resource)
        del collection.objects[namespace, name]
        self._unlink(resource, previous)
        self.revision += 1
        last = {**previous, "metadata": {**previous["metadata"], "resourceVersion": str(self.revision)}}
        self._tell(resource, collection, Change("DELETED", last, previous, self.revision))
        return last

    # following

    def listen(self, listener: Listener) -> None:
        """Call back after every write, at once: what controllers are driven by."""
        self._listeners.append(listener)

    def watch(self, resource: Resource, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Call back on writes of one resource until the returned function is called."""
        watchers = self._collection(resource).watchers
        watchers.append(watcher)
        return lambda: watchers.remove(watcher)

    def since(self, resource: Resource, revision: int) -> list[Change]:
        """Return the writes after *revision* (raises 410 when they are forgotten, 504 when it is yet to come)."""
        if revision > self.revision:
            raise too_large_version(revision, self.revision)
        collection = self._collection(resource)
        if revision < collection.forgotten:
            raise expired(revision, collection.forgotten)
        return [change for change in collection.changes if change.revision > revision]

    def compact(self) -> None:
        """Forget all history, as etcd's compaction does."""
        for collection in self._collections.values():
            collection.changes.clear()
            collection.forgotten = self.revision

    # inside

    def _collection(self, resource: Resource) -> _Collection:
        collection = self._collections.get(resource)
        if collection is None:
            collection = self._collections[resource] = _Collection(self._history)
        return collection

    def _put(
        self,
        resource: Resource,
        collection: _Collection,
        key: Key,
        type_: EventType,
        obj: Object,
        previous: Object | None,
    ) -> Object:
        self.revision += 1
        stored = {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(self.revision)}}
        collection.objects[key] = stored
        if previous is not None:
            self._unlink(resource, previous)
        for reference in stored["metadata"].get("ownerReferences", ()):
            self._dependents.setdefault(reference["uid"], set()).add((resource, key))
        self._tell(resource, collection, Change(type_, stored, previous, self.revision))
        return stored

    def _unlink(self, resource: Resource, obj: Object) -> None:
        for reference in obj["metadata"].get("ownerReferences", ()):
            linked = self._dependents.get(reference["uid"])
            if linked is not None:
                linked.discard((resource, key_of(obj)))
                if not linked:
                    del self._dependents[reference["uid"]]

    def _tell(self, resource: Resource, collection: _Collection, change: Change) -> None:
        collection.remember(change)
        for listener in self._listeners:
            listener(resource, change)
