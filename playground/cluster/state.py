"""The cluster's state as controllers use it: reads, and writes that keep the rules of birth, change and death."""

from collections.abc import Callable

from playground.cluster.clock import Clock
from playground.cluster.errors import ApiError
from playground.cluster.kobject import Key, Object, copied, is_dying, key_of
from playground.cluster.objects.admission import mount_token
from playground.cluster.objects.defaults import apply_defaults
from playground.cluster.objects.lifecycle import (
    DeleteOptions,
    Ids,
    begin_death,
    carry_over,
    check_preconditions,
    give_birth,
    may_go,
    name_it,
)
from playground.cluster.objects.quotas import refusal
from playground.cluster.resources import PODS, RESOURCEQUOTAS, Catalogue, Resource
from playground.cluster.store import Store

_NAME_TRIES = 8
"""A generated name is tried again when it is taken, as real servers do."""


class ClusterState:
    """Store, clock and ids in one hand. Objects that it returns are shared: copy before changing."""

    def __init__(self, store: Store, clock: Clock, ids: Ids, catalogue: Catalogue) -> None:
        self.store = store
        self.clock = clock
        self.ids = ids
        self.catalogue = catalogue

    def find(self, resource: Resource, namespace: str, name: str) -> Object | None:
        return self.store.find(resource, namespace, name)

    def prepare(self, resource: Resource, obj: Object) -> Object:
        """Return a new object as it would be stored."""
        obj = {"apiVersion": resource.api_version, "kind": resource.kind, **copied(obj)}
        obj.setdefault("metadata", {})
        give_birth(resource, obj, now=self.clock.now(), ids=self.ids)
        for _ in range(_NAME_TRIES):
            named = {**obj, "metadata": {**obj["metadata"]}}
            name_it(named, self.ids)
            if not named["metadata"].get("name") or self.find(resource, *key_of(named)) is None:
                break
        if resource is PODS:
            mount_token(named, self.ids)
        apply_defaults(resource.kind, named)
        if resource is PODS:
            self._admit(named)
        return named

    def _admit(self, pod: Object) -> None:
        """Hold to the namespace's quotas (raises 403)."""
        namespace = pod["metadata"]["namespace"]
        quotas = list(self.store.each(RESOURCEQUOTAS, namespace))
        refused = refusal(pod, self.store.each(PODS, namespace), quotas) if quotas else None
        if refused is not None:
            raise refused

    def create(self, resource: Resource, obj: Object) -> Object:
        """Store a new object (raises 409 when its name is taken, 403 beyond a quota)."""
        return self.store.insert(resource, self.prepare(resource, obj))

    def update(self, resource: Resource, obj: Object) -> Object:
        """Store a changed object; one that was only waiting for its last finalizer goes."""
        new = {**obj, "metadata": {**obj["metadata"]}}
        old = self.store.get(resource, *key_of(obj))
        carry_over(resource, new, old)
        if may_go(resource, new):
            self.store.replace(resource, new)
            return self.store.remove(resource, *key_of(new))
        return self.store.replace(resource, new)

    def set_status(self, resource: Resource, obj: Object, status: Object) -> Object:
        """Store a new status; a version that was overtaken meanwhile does not matter to a controller."""
        current = self.find(resource, *key_of(obj))
        if current is None or current["metadata"]["uid"] != obj["metadata"]["uid"]:
            return obj
        return self.store.replace(resource, {**current, "status": status})

    def change(self, resource: Resource, key: Key, edit: Callable[[Object], None]) -> Object | None:
        """Edit a copy of the current object and store it; None when it is gone."""
        current = self.find(resource, *key)
        if current is None:
            return None
        edited = copied(current)
        edit(edited)
        return self.update(resource, edited)

    def delete(self, resource: Resource, obj: Object, options: DeleteOptions | None = None) -> Object:
        """Delete, or begin to, and return the object's last or lingering state (raises 404, 409)."""
        options = options or DeleteOptions(propagation="Background")
        current = self.store.get(resource, *key_of(obj))
        check_preconditions(resource, current, options)
        lingering = begin_death(resource, current, options, self.clock.now())
        if lingering is not None:
            return self.store.replace(resource, lingering)
        return self.store.remove(resource, *key_of(current))

    def delete_quietly(self, resource: Resource, obj: Object, options: DeleteOptions | None = None) -> None:
        """Delete what may be gone or going already."""
        current = self.find(resource, *key_of(obj))
        if current is None or (is_dying(current) and options is None):
            return
        try:
            self.delete(resource, obj, options)
        except ApiError as error:
            if error.code not in {404, 409}:
                raise
