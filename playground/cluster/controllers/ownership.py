"""How a controller finds what it owns: by ownerReference, adopting orphans that match and releasing strangers."""

from typing import Any

from playground.cluster.kobject import Object, controller_of, is_dying, key_of, labels_of
from playground.cluster.resources import Resource
from playground.cluster.selectors import selects
from playground.cluster.state import ClusterState


def owner_reference(owner: Object) -> Object:
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def owner_key(obj: Object, kind: str) -> tuple[str, str] | None:
    """Return the key of the controlling owner when it is of that kind."""
    reference = controller_of(obj)
    if reference is None or reference["kind"] != kind:
        return None
    return obj["metadata"].get("namespace", ""), reference["name"]


def claimed(state: ClusterState, owner: Object, resource: Resource, selector: Any) -> list[Object]:
    """Return the objects that *owner* controls, after adopting and releasing by its selector."""
    owned = []
    for obj in state.store.owned(owner, resource):
        if selects(selector, labels_of(obj)):
            owned.append(obj)
        elif not is_dying(obj):
            _release(state, resource, obj, owner)
    return owned


def adopt_orphans(state: ClusterState, owner: Object, resource: Resource, selector: Any) -> None:
    """Take over matching objects that nobody controls."""
    for obj in state.store.each(resource, owner["metadata"].get("namespace", "")):
        if controller_of(obj) is None and not is_dying(obj) and selects(selector, labels_of(obj)):
            state.change(
                resource,
                key_of(obj),
                lambda edited: edited["metadata"].setdefault("ownerReferences", []).append(owner_reference(owner)),
            )


def _release(state: ClusterState, resource: Resource, obj: Object, owner: Object) -> None:
    def drop(edited: Object) -> None:
        references = edited["metadata"]["ownerReferences"]
        kept = [reference for reference in references if reference["uid"] != owner["metadata"]["uid"]]
        edited["metadata"]["ownerReferences"] = kept

    state.change(resource, key_of(obj), drop)
