"""Records Events: repeated ones are counted, old ones are forgotten."""

from playground.cluster.clock import stamp
from playground.cluster.kobject import Object
from playground.cluster.resources import EVENTS
from playground.cluster.state import ClusterState

KEPT_S = 3600.0
"""Cluster seconds until an Event is forgotten: the API server's default --event-ttl."""
_Signature = tuple[str, str, str, str]


class Recorder:
    """Writes core/v1 Events about objects."""

    def __init__(self, state: ClusterState) -> None:
        self._state = state
        self._names: dict[_Signature, str] = {}

    def normal(
        self, obj: Object, reason: str, message: str, component: str, *, field: str = "", host: str = ""
    ) -> None:
        self._record("Normal", obj, reason, message, component, field, host)

    def warning(
        self, obj: Object, reason: str, message: str, component: str, *, field: str = "", host: str = ""
    ) -> None:
        self._record("Warning", obj, reason, message, component, field, host)

    def _record(
        self, type_: str, obj: Object, reason: str, message: str, component: str, field: str, host: str
    ) -> None:
        namespace = obj["metadata"].get("namespace", "default")
        signature = (obj["metadata"]["uid"], reason, message, field)
        now = stamp(self._state.clock.now())
        name = self._names.get(signature)
        known = self._state.find(EVENTS, namespace, name) if name else None
        if known is not None:
            self._state.store.replace(EVENTS, {**known, "count": known["count"] + 1, "lastTimestamp": now})
            return
        event = _event(type_, obj, reason, message, component, field, host)
        event |= {"firstTimestamp": now, "lastTimestamp": now}
        event["metadata"]["name"] = f"{obj['metadata']['name']}.{self._state.ids.hexadecimal(16)}"
        stored = self._state.store.insert(EVENTS, self._state.prepare(EVENTS, event))
        self._names[signature] = stored["metadata"]["name"]
        self._state.clock.later(KEPT_S, lambda: self._forget(signature, namespace))

    def _forget(self, signature: _Signature, namespace: str) -> None:
        name = self._names.pop(signature, None)
        if name is not None and self._state.find(EVENTS, namespace, name) is not None:
            self._state.store.remove(EVENTS, namespace, name)


def _event(type_: str, obj: Object, reason: str, message: str, component: str, field: str, host: str) -> Object:
    metadata = obj["metadata"]
    involved = {
        "kind": obj["kind"], "apiVersion": obj["apiVersion"], "name": metadata["name"], "uid": metadata["uid"],
        "resourceVersion": metadata.get("resourceVersion", ""),
    }  # fmt: skip
    if metadata.get("namespace"):
        involved["namespace"] = metadata["namespace"]
    if field:
        involved["fieldPath"] = field
    source = {"component": component, **({"host": host} if host else {})}
    return {
        "metadata": {"namespace": metadata.get("namespace", "default")}, "involvedObject": involved, "type": type_,
        "reason": reason, "message": message, "source": source, "count": 1, "eventTime": None,
        "reportingComponent": component, "reportingInstance": host,
    }  # fmt: skip
