"""EndpointSlices and Endpoints: the addresses of the pods behind each Service, and the Service's own address."""

from collections.abc import Iterator

from playground.cluster.controllers.conditions import is_finished, is_ready
from playground.cluster.controllers.ownership import owner_reference
from playground.cluster.kobject import Key, Object, copied, is_dying, key_of, labels_of
from playground.cluster.resources import ENDPOINTS, ENDPOINTSLICES, PODS, SERVICES, Resource
from playground.cluster.selectors import meets
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

SERVICE_NAME = "kubernetes.io/service-name"


class EndpointsController:
    def __init__(self, state: ClusterState) -> None:
        self._state = state
        self._next_address = 10

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is SERVICES:
            yield key_of(change.object)
        elif resource is PODS and _matters(change):
            namespace, labels = change.object["metadata"]["namespace"], labels_of(change.object)
            for service in self._state.store.each(SERVICES, namespace):
                if selected(service, labels):
                    yield key_of(service)

    def reconcile(self, key: Key) -> float | None:
        service = self._state.find(SERVICES, *key)
        if service is None or is_dying(service):
            self._drop(key)
            return None
        if not service["spec"].get("clusterIP") and service["spec"]["type"] != "ExternalName":
            service = self._give_address(service)
        if not service["spec"].get("selector"):
            return None
        pods = [
            pod
            for pod in self._state.store.items(PODS, key[0])
            if selected(service, labels_of(pod)) and pod.get("status", {}).get("podIP") and not is_finished(pod)
        ]
        self._put(ENDPOINTSLICES, self._slice(service, pods))
        self._put(ENDPOINTS, _endpoints(service, pods))
        return None

    def _give_address(self, service: Object) -> Object:
        self._next_address += 1
        address = f"10.96.{self._next_address // 250}.{self._next_address % 250 + 1}"
        addressed = copied(service)
        addressed["spec"] |= {"clusterIP": address, "clusterIPs": [address]}
        return self._state.update(SERVICES, addressed)

    def _slice(self, service: Object, pods: list[Object]) -> Object:
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        known = self._state.store.owned(service, ENDPOINTSLICES)
        slice_name = known[0]["metadata"]["name"] if known else f"{name}-{self._state.ids.suffix()}"
        return {
            "metadata": {
                "name": slice_name,
                "namespace": namespace,
                "ownerReferences": [owner_reference(service)],
                "labels": {
                    SERVICE_NAME: name,
                    "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
                },
            },
            "addressType": "IPv4",
            "endpoints": [_endpoint(pod) for pod in pods],
            "ports": [_port(port, pods) for port in service["spec"].get("ports") or ()],
        }

    def _put(self, resource: Resource, obj: Object) -> None:
        current = self._state.find(resource, *key_of(obj))
        if current is None:
            self._state.create(resource, obj)
        else:
            self._state.update(resource, {**current, **obj, "metadata": {**current["metadata"], **obj["metadata"]}})

    def _drop(self, key: Key) -> None:
        found = self._state.find(ENDPOINTS, *key)
        if found is not None:
            self._state.delete_quietly(ENDPOINTS, found)


def _matters(change: Change) -> bool:
    """Only address, readiness, labels and end of a pod concern a service."""
    if change.previous is None or change.type != "MODIFIED":
        return bool(change.object.get("status", {}).get("podIP"))
    return _seen(change.previous) != _seen(change.object)


def _seen(pod: Object) -> tuple[object, ...]:
    return pod.get("status", {}).get("podIP"), is_ready(pod), is_dying(pod), is_finished(pod), labels_of(pod)


def selected(service: Object, labels: dict[str, str]) -> bool:
    """Tell whether a Service's selector matches; a Service without one selects nothing."""
    selector = service["spec"].get("selector")
    return bool(selector) and meets(labels, [(name, "In", (value,)) for name, value in selector.items()])


def _target(pod: Object) -> Object:
    metadata = pod["metadata"]
    return {"kind": "Pod", "namespace": metadata["namespace"], "name": metadata["name"], "uid": metadata["uid"]}


def _endpoint(pod: Object) -> Object:
    dying = is_dying(pod)
    ready = is_ready(pod)
    return {
        "addresses": [pod["status"]["podIP"]],
        "nodeName": pod["spec"]["nodeName"],
        "targetRef": _target(pod),
        "conditions": {"ready": ready and not dying, "serving": ready, "terminating": dying},
    }


def _port(port: Object, pods: list[Object]) -> Object:
    return {"name": port.get("name", ""), "port": _number(port, pods), "protocol": port["protocol"]}


def _number(port: Object, pods: list[Object]) -> int:
    """Resolve a named target port by the first pod that has it."""
    target = port.get("targetPort", port["port"])
    if isinstance(target, int):
        return target
    for pod in pods:
        for container in pod["spec"]["containers"]:
            for each in container.get("ports") or ():
                if each.get("name") == target:
                    return int(each["containerPort"])
    return int(port["port"])


def _endpoints(service: Object, pods: list[Object]) -> Object:
    ports = [_port(port, pods) for port in service["spec"].get("ports") or ()]
    subset: Object = {"ports": [{name: value for name, value in port.items() if value} for port in ports]}
    for field, wanted in (("addresses", True), ("notReadyAddresses", False)):
        found = [
            {"ip": pod["status"]["podIP"], "nodeName": pod["spec"]["nodeName"], "targetRef": _target(pod)}
            for pod in pods
            if (is_ready(pod) and not is_dying(pod)) is wanted
        ]
        if found:
            subset[field] = found
    metadata = {
        "name": service["metadata"]["name"],
        "namespace": service["metadata"]["namespace"],
        "labels": {"endpoints.kubernetes.io/managed-by": "endpoint-controller"},
    }
    return {"metadata": metadata, "subsets": [subset] if len(subset) > 1 else []}
