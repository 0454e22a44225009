"""pods/NAME/proxy and services/NAME/proxy: the small HTTP answers that the practice platform's programs give."""

from aiohttp import web

from playground.cluster.api.request import RequestInfo
from playground.cluster.controllers.conditions import is_ready
from playground.cluster.errors import ApiError, bad_request, not_found
from playground.cluster.kobject import Object, annotations_of, labels_of
from playground.cluster.nodes.kubelet import Kubelets
from playground.cluster.nodes.program import ANNOTATION
from playground.cluster.resources import PODS, SERVICES, Resource
from playground.cluster.selectors import Requirement, meets
from playground.cluster.state import ClusterState


class ProxySubresource:
    def __init__(self, state: ClusterState, kubelets: Kubelets) -> None:
        self._state = state
        self._kubelets = kubelets

    async def serve(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.StreamResponse:
        name, port = _target(info.name)
        pod = self._pod(info, name) if resource is PODS else self._behind(info, name, port)
        if not is_ready(pod):
            raise _unavailable(f"dial tcp {pod['status'].get('podIP', '')}:{port or 80}: connect: connection refused")
        return _answer(pod, "/" + info.rest, request.method)

    def _pod(self, info: RequestInfo, name: str) -> Object:
        pod = self._state.find(PODS, info.namespace, name)
        if pod is None:
            raise not_found(PODS, name)
        if not pod["status"].get("podIP"):
            raise bad_request("address not allowed")
        return pod

    def _behind(self, info: RequestInfo, name: str, port: str) -> Object:
        """Choose a ready pod behind a service (raises 404, 503)."""
        service = self._state.store.get(SERVICES, info.namespace, name)
        ports = service["spec"].get("ports") or ()
        if port and not any(port in {str(each["port"]), each.get("name", "")} for each in ports):
            raise _unavailable(f'no service port {port} found for service "{name}"')
        wanted: list[Requirement] = [
            (label, "In", (value,)) for label, value in (service["spec"].get("selector") or {}).items()
        ]
        for pod in self._state.store.items(PODS, info.namespace):
            if wanted and meets(labels_of(pod), wanted) and is_ready(pod):
                return pod
        raise _unavailable(f'no endpoints available for service "{name}"')


def _target(name: str) -> tuple[str, str]:
    """Split [scheme:]name[:port]."""
    parts = name.split(":")
    match parts:
        case [alone]:
            return alone, ""
        case [target, port]:
            return target, port
        case [_, target, port]:
            return target, port
    raise bad_request(f"invalid service request {name!r}")


def _answer(pod: Object, path: str, method: str) -> web.Response:
    """Answer as the pod's `http` annotation says (lines of `PATH STATUS BODY`), or like any healthy service."""
    for line in annotations_of(pod).get(f"{ANNOTATION}http", "").splitlines():
        known, status, *body = line.split(" ", 2)
        if known == path:
            return web.Response(status=int(status), text=body[0] if body else "", content_type=_media(body))
    if path.rstrip("/").rsplit("/", 1)[-1] in {"health", "healthz", "ready", "readyz", ""} and method in {
        "GET",
        "HEAD",
    }:
        return web.json_response({"status": "ok", "pod": pod["metadata"]["name"]})
    return web.json_response({"detail": "Not Found"}, status=404)


def _media(body: list[str]) -> str:
    return "application/json" if body and body[0][:1] in "{[" else "text/plain"


def _unavailable(why: str) -> ApiError:
    return ApiError(503, "ServiceUnavailable", f"error trying to reach service: {why}" if "dial" in why else why)
