"""create, update, patch, apply, delete: the order of checks of a real API server, ending in one write or in none."""

from typing import Any

from aiohttp import web

from playground.cluster.api import views
from playground.cluster.api.body import read_object, read_patch
from playground.cluster.api.intake import APPLY_PATCH, Call, check_patched, decoded, delete_options, patched
from playground.cluster.api.request import RequestInfo, truth
from playground.cluster.api.respond import json_response, representation, success
from playground.cluster.errors import (
    ApiError,
    Cause,
    bad_request,
    conflict,
    forbidden,
    invalid,
    invalid_options,
    not_found,
    stale,
)
from playground.cluster.kobject import Object, copied, is_dying, key_of
from playground.cluster.objects.changes import forbidden_changes
from playground.cluster.objects.defaults import apply_defaults
from playground.cluster.objects.lifecycle import DeleteOptions, begin_death, carry_over, check_preconditions, may_go
from playground.cluster.objects.ownership import Manager, server_side_apply, track_update
from playground.cluster.objects.rules import violations
from playground.cluster.objects.typecheck import check
from playground.cluster.resources import NAMESPACES, PODS, PVCS, PVS, SERVICEACCOUNTS, SERVICES, Resource
from playground.cluster.selectors import predicate
from playground.cluster.state import ClusterState

_MANAGER_REQUIRED = Cause("FieldValueRequired", "Required value: is required for apply patch", "fieldManager")
_RETURNED_WHEN_DELETED = {PODS, PVCS, PVS, SERVICES, SERVICEACCOUNTS}
"""A real server answers the deletion of these with the object, of the others with a Status."""


class Writer:
    """Serves writes to the store."""

    def __init__(self, state: ClusterState) -> None:
        self._state = state

    async def create(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.Response:
        call = Call.of(request, resource, info)
        obj, warnings = decoded(call, await read_object(request))
        stored = self._insert(call, obj)
        return self._answer(request, call, stored, 201, warnings)

    async def update(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.Response:
        call = Call.of(request, resource, info)
        obj, warnings = decoded(call, await read_object(request))
        if obj["metadata"].get("name") != info.name:
            raise _other_name(obj["metadata"].get("name", ""), info.name)
        old = self._state.store.get(resource, info.namespace, info.name)
        stored = self._store_change(call, obj, old, call.manager_for("Update"))
        return self._answer(request, call, stored, 200, warnings)

    async def patch(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.Response:
        call = Call.of(request, resource, info)
        document = await read_patch(request)
        media = request.content_type
        if media == APPLY_PATCH:
            return self._apply(request, call, document)
        old = self._state.store.get(resource, info.namespace, info.name)
        new = patched(media, resource, copied(old), document)
        warnings = check_patched(call, new, old)
        stored = self._store_change(call, new, old, call.manager_for("Update"))
        return self._answer(request, call, stored, 200, warnings)

    async def delete(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.Response:
        options, dry_run = await delete_options(request)
        obj = self._state.store.get(resource, info.namespace, info.name)
        last = self._delete(resource, obj, options, dry_run=dry_run)
        if is_dying(last) or resource in _RETURNED_WHEN_DELETED:
            return json_response(last)
        details = {"name": info.name, "group": resource.group, "kind": resource.plural, "uid": obj["metadata"]["uid"]}
        return json_response(success({key: value for key, value in details.items() if value}))

    async def delete_collection(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.Response:
        query = request.query
        wanted = predicate(query.get("labelSelector", ""), query.get("fieldSelector", ""), resource.kind)
        options, dry_run = await delete_options(request)
        items = [obj for obj in self._state.store.items(resource, info.namespace) if wanted is None or wanted(obj)]
        for obj in items:
            self._delete(resource, obj, options, dry_run=dry_run)
        metadata = {"resourceVersion": str(self._state.store.revision)}
        return json_response(views.many(resource, items, metadata, "object", query, self._state.clock.now()))

    # inside

    def _insert(self, call: Call, obj: Object, manager: Manager | None = None) -> Object:
        resource = call.resource
        if resource.namespaced:
            self._check_namespace(call, obj)
        new = self._state.prepare(resource, obj)
        if "status" in resource.subresources and resource is not PODS and resource is not NAMESPACES:
            _restore_status(resource, new, None)
        if not obj["metadata"].get("name") and not obj["metadata"].get("generateName"):
            raise invalid(resource, "", violations(resource, new)[:1])
        _refuse(resource, new, _problems(resource, new))
        if manager is None:
            manager = call.manager_for("Update")
            track_update(new, None, manager, self._state.clock.now())
        if call.dry_run:
            if self._state.find(resource, *key_of(new)) is not None:
                self._state.store.insert(resource, new)
            return new
        return self._state.store.insert(resource, new)

    def _check_namespace(self, call: Call, obj: Object) -> None:
        namespace = self._state.find(NAMESPACES, "", call.info.namespace)
        if namespace is None:
            raise not_found(NAMESPACES, call.info.namespace)
        if is_dying(namespace):
            why = f"unable to create new content in namespace {call.info.namespace} because it is being terminated"
            error = forbidden(call.resource, obj["metadata"].get("name", ""), why)
            error.details["causes"] = [
                {
                    "reason": "NamespaceTerminating",
                    "field": "metadata.namespace",
                    "message": f"namespace {call.info.namespace} is being terminated",
                }
            ]
            raise error

    def _store_change(self, call: Call, new: Object, old: Object, manager: Manager) -> Object:
        """Finish a changed object: what the request may not touch is restored, then rules, then the write."""
        resource = call.resource
        _check_version(resource, new, old)
        new = {**new, "metadata": {**new["metadata"]}}
        _restrict(call, new, old)
        carry_over(resource, new, old)
        if call.info.subresource != "status":
            apply_defaults(resource.kind, new)
            _refuse(resource, new, [*_problems(resource, new), *forbidden_changes(resource, new, old)])
        if manager.operation == "Update":
            track_update(new, old, manager, self._state.clock.now())
        new["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
        if call.dry_run:
            return new
        stored = self._state.store.replace(resource, new)
        return self._state.store.remove(resource, *key_of(stored)) if may_go(resource, stored) else stored

    def _apply(self, request: web.Request, call: Call, config: Any) -> web.Response:
        resource, info = call.resource, call.info
        if not call.query.get("fieldManager"):
            raise invalid_options("PatchOptions", _MANAGER_REQUIRED)
        if not isinstance(config, dict) or not config.get("apiVersion") or not config.get("kind"):
            raise bad_request("invalid object type: /, Kind=")
        config, warnings = decoded(call, config)
        if config["metadata"].get("managedFields"):
            raise bad_request("metadata.managedFields must be nil")
        if config["metadata"].setdefault("name", info.name) != info.name:
            raise _other_name(config["metadata"]["name"], info.name)
        manager = call.manager_for("Apply")
        live = self._state.find(resource, info.namespace, info.name)
        now = self._state.clock.now()
        new = server_side_apply(live, config, manager, now=now, force=truth(call.query, "force"))
        if live is None:
            return self._answer(request, call, self._insert(call, new, manager), 201, warnings)
        new["metadata"].setdefault("resourceVersion", live["metadata"]["resourceVersion"])
        return self._answer(request, call, self._store_change(call, new, live, manager), 200, warnings)

    def _delete(self, resource: Resource, obj: Object, options: DeleteOptions, *, dry_run: bool) -> Object:
        if not dry_run:
            return self._state.delete(resource, obj, options)
        check_preconditions(resource, obj, options)
        return begin_death(resource, obj, options, self._state.clock.now()) or obj

    def _answer(self, request: web.Request, call: Call, obj: Object, status: int, warnings: list[str]) -> web.Response:
        form = representation(request.headers.get("Accept", ""))
        return json_response(views.one(call.resource, obj, form, call.query, self._state.clock.now()), status, warnings)


def _other_name(given: str, asked: str) -> ApiError:
    return bad_request(f"the name of the object ({given}) does not match the name on the URL ({asked})")


def _check_version(resource: Resource, new: Object, old: Object) -> None:
    uid, version = new["metadata"].get("uid"), new["metadata"].get("resourceVersion")
    name = old["metadata"]["name"]
    if uid and uid != old["metadata"]["uid"]:
        told = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {old['metadata']['uid']}"
        raise conflict(resource, name, told)
    if version and version != old["metadata"]["resourceVersion"]:
        raise stale(resource, name)


def _restrict(call: Call, new: Object, old: Object) -> None:
    """Let a status request change only the status, and any other everything else."""
    if call.info.subresource == "status":
        status = new.get("status")
        kept = {name: value for name, value in old.items() if name != "status"}
        for name in [name for name in new if name not in {"metadata", "status"}]:
            new.pop(name)
        metadata = {**old["metadata"]}
        for name in ("labels", "annotations", "managedFields"):
            if name in new["metadata"]:
                metadata[name] = new["metadata"][name]
        new.update({**kept, "metadata": metadata})
        if status is not None:
            new["status"] = status
    elif "status" in call.resource.subresources:
        _restore_status(call.resource, new, old)


def _restore_status(resource: Resource, new: Object, old: Object | None) -> None:
    new.pop("status", None)
    if old is not None and "status" in old:
        new["status"] = old["status"]
    elif old is None and not resource.custom:
        fresh: Object = {
            "PersistentVolumeClaim": {"phase": "Pending"},
            "PersistentVolume": {"phase": "Available"},
            "Service": {"loadBalancer": {}},
        }
        new["status"] = fresh.get(resource.kind, {})


def _problems(resource: Resource, obj: Object) -> list[Cause]:
    """Return what breaks a rule, and required fields that no rule speaks of."""
    causes = violations(resource, obj)
    told = tuple(cause.field for cause in causes)
    return [*causes, *(each for each in check(resource, obj).causes() if each.field not in told)]


def _refuse(resource: Resource, obj: Object, causes: list[Cause]) -> None:
    if causes:
        raise invalid(resource, obj["metadata"].get("name", ""), causes)
