"""The scale subresource: replicas alone, as an autoscaling/v1 Scale."""

from aiohttp import web

from playground.cluster.api.body import read_object, read_patch
from playground.cluster.api.intake import patched
from playground.cluster.api.request import RequestInfo, is_dry_run
from playground.cluster.api.respond import json_response
from playground.cluster.errors import ApiError, bad_request, invalid, method_not_allowed, stale
from playground.cluster.kobject import Object, copied
from playground.cluster.objects.lifecycle import carry_over
from playground.cluster.objects.ownership import Manager, track_update
from playground.cluster.objects.rules import wrong
from playground.cluster.resources import Resource
from playground.cluster.state import ClusterState
from playground.cluster.tables.cells import selector

_SCALE = Resource("autoscaling", "v1", "scales", "Scale")


class ScaleSubresource:
    def __init__(self, state: ClusterState) -> None:
        self._state = state

    async def serve(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.StreamResponse:
        obj = self._state.store.get(resource, info.namespace, info.name)
        match info.verb:
            case "get":
                return json_response(scale_of(obj))
            case "update":
                new = await read_object(request)
            case "patch":
                new = patched(request.content_type, resource, copied(scale_of(obj)), await read_patch(request))
            case _:
                raise method_not_allowed()
        return json_response(self._store(request, resource, info, obj, new))

    def _store(self, request: web.Request, resource: Resource, info: RequestInfo, obj: Object, scale: Object) -> Object:
        _check(resource, info, obj, scale)
        replicas = scale["spec"].get("replicas", 0)
        changed = {**obj, "metadata": {**obj["metadata"]}, "spec": {**obj["spec"], "replicas": replicas}}
        carry_over(resource, changed, obj)
        if changed["spec"] != obj["spec"]:
            agent = request.headers.get("User-Agent", "unknown").split("/")[0]
            manager = Manager(request.query.get("fieldManager") or agent, "Update", resource.api_version, "scale")
            track_update(changed, obj, manager, self._state.clock.now())
        if is_dry_run(request.query):
            return scale_of(changed)
        return scale_of(self._state.store.replace(resource, changed))


def _check(resource: Resource, info: RequestInfo, obj: Object, scale: Object) -> None:
    replicas = (scale.get("spec") or {}).get("replicas", 0)
    scale.setdefault("spec", {})
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        kind = "string" if isinstance(replicas, str) else "number"
        told = f"json: cannot unmarshal {kind} into Go struct field ScaleSpec.spec.replicas of type int32"
        raise bad_request(f'Scale in version "v1" cannot be handled as a Scale: {told}')
    if replicas < 0:
        raise invalid(_SCALE, info.name, [wrong("spec.replicas", replicas, "must be greater than or equal to 0")])
    if replicas >= 2**31:
        raise ApiError(
            400, "BadRequest", 'Scale in version "v1" cannot be handled as a Scale: number out of range of int32'
        )
    version = (scale.get("metadata") or {}).get("resourceVersion")
    if version and version != obj["metadata"]["resourceVersion"]:
        raise stale(resource, info.name)


def scale_of(obj: Object) -> Object:
    metadata = obj["metadata"]
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    replicas = obj["spec"].get("replicas", 0)
    status = {"replicas": obj.get("status", {}).get("replicas", 0), "selector": selector(obj["spec"].get("selector"))}
    return {
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": {name: metadata[name] for name in kept},
        "spec": {"replicas": replicas} if replicas else {}, "status": status,
    }  # fmt: skip
