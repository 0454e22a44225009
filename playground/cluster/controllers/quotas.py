"""ResourceQuotas: their status says how much is used."""

from collections.abc import Iterator

from playground.cluster.kobject import Key, key_of
from playground.cluster.objects.quotas import used
from playground.cluster.resources import PODS, RESOURCEQUOTAS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change


class QuotaController:
    def __init__(self, state: ClusterState) -> None:
        self._state = state

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is RESOURCEQUOTAS and change.type != "DELETED":
            yield key_of(change.object)
        elif resource is PODS:
            namespace = change.object["metadata"]["namespace"]
            yield from (key_of(quota) for quota in self._state.store.each(RESOURCEQUOTAS, namespace))

    def reconcile(self, key: Key) -> float | None:
        quota = self._state.find(RESOURCEQUOTAS, *key)
        if quota is not None:
            pods = self._state.store.each(PODS, key[0])
            status = {"hard": dict(quota["spec"].get("hard") or {}), "used": used(pods, quota)}
            self._state.set_status(RESOURCEQUOTAS, quota, status)
        return None
