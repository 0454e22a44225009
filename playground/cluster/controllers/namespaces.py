"""Namespaces: what each new one is given, and how one that goes takes its content along."""

from collections.abc import Iterator

from playground.cluster.kobject import Key, is_dying, key_of
from playground.cluster.resources import CONFIGMAPS, NAMESPACES, SERVICEACCOUNTS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change


class NamespaceController:
    """Deletes the content of a namespace that goes, and gives new ones what each has."""

    def __init__(self, state: ClusterState) -> None:
        self._state = state

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is NAMESPACES:
            if change.type != "DELETED":
                yield key_of(change.object)
        elif change.type == "DELETED" and change.object["metadata"].get("namespace"):
            namespace = self._state.find(NAMESPACES, "", change.object["metadata"]["namespace"])
            if namespace is not None and is_dying(namespace):
                yield key_of(namespace)

    def reconcile(self, key: Key) -> float | None:
        namespace = self._state.find(NAMESPACES, *key)
        if namespace is None:
            return None
        name = key[1]
        if not is_dying(namespace):
            self._furnish(name)
            return None
        left = False
        for resource in self._state.store.resources():
            for obj in self._state.store.items(resource, name) if resource.namespaced else ():
                self._state.delete_quietly(resource, obj)
                left = left or self._state.find(resource, *key_of(obj)) is not None
        if not left and namespace["spec"].get("finalizers"):
            self._state.update(NAMESPACES, {**namespace, "spec": {**namespace["spec"], "finalizers": []}})
        return None

    def _furnish(self, name: str) -> None:
        if self._state.find(SERVICEACCOUNTS, name, "default") is None:
            self._state.create(SERVICEACCOUNTS, {"metadata": {"name": "default", "namespace": name}})
        if self._state.find(CONFIGMAPS, name, "kube-root-ca.crt") is None:
            self._state.create(CONFIGMAPS, {
                "metadata": {"name": "kube-root-ca.crt", "namespace": name}, "data": {"ca.crt": ""},
            })  # fmt: skip
