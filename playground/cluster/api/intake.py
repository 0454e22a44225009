"""How written objects come in: parameters, types, unknown fields, patches and delete options, checked and refused.

Refusals are worded as a real server's decoder words them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

from playground.cluster.api.body import read_options
from playground.cluster.api.request import RequestInfo, is_dry_run, whole_number
from playground.cluster.errors import ApiError, Cause, bad_request, invalid_options, unsupported_patch
from playground.cluster.kobject import Object, copied
from playground.cluster.objects.lifecycle import DeleteOptions, Propagation
from playground.cluster.objects.ownership import LONGEST_MANAGER, Manager
from playground.cluster.objects.patches import json_patch, merge_patch
from playground.cluster.objects.strategic import strategic_merge
from playground.cluster.objects.typecheck import check, without_unknown
from playground.cluster.resources import Resource

APPLY_PATCH = "application/apply-patch+yaml"
_PROPAGATIONS: dict[str, Propagation] = {
    "Background": "Background",
    "Foreground": "Foreground",
    "Orphan": "Orphan",
}


@dataclass(frozen=True)
class Call:
    """One writing request, its parameters read."""

    resource: Resource
    info: RequestInfo
    query: Mapping[str, str]
    manager: str
    dry_run: bool
    validation: str

    def manager_for(self, operation: Literal["Apply", "Update"]) -> Manager:
        return Manager(self.manager, operation, self.resource.api_version, self.info.subresource)

    @staticmethod
    def of(request: web.Request, resource: Resource, info: RequestInfo) -> "Call":
        query = request.query
        validation = query.get("fieldValidation", "") or "Warn"
        if validation not in {"Strict", "Warn", "Ignore"}:
            raise bad_request(f'invalid value for query parameter "fieldValidation": {validation}')
        manager = query.get("fieldManager", "")
        if len(manager) > LONGEST_MANAGER:
            raise bad_request(f"fieldManager: Too long: may not be more than {LONGEST_MANAGER} bytes")
        agent = request.headers.get("User-Agent", "unknown").split("/")[0]
        return Call(resource, info, query, manager or agent, is_dry_run(query), validation)


def patched(media: str, resource: Resource, obj: Object, document: Any) -> Object:
    """Return *obj* with the patch of that media type applied (raises 400, 415, 422)."""
    match media:
        case "application/json-patch+json":
            return json_patch(obj, document)
        case "application/merge-patch+json":
            return dict(merge_patch(obj, _map(document)))
        case "application/strategic-merge-patch+json" if not resource.custom:
            return strategic_merge(obj, _map(document))
        case _:
            raise unsupported_patch()


def _map(document: Any) -> Object:
    if not isinstance(document, dict):
        raise bad_request("json: cannot unmarshal array into Go value of type map[string]interface {}")
    return document


def decoded(call: Call, obj: Any) -> tuple[Object, list[str]]:
    """Check a submitted object's type, place and fields; return it with the warnings to send (raises 400)."""
    resource, info = call.resource, call.info
    obj = copied(_map(obj))
    obj.setdefault("apiVersion", resource.api_version)
    obj.setdefault("kind", resource.kind)
    if obj["apiVersion"] != resource.api_version:
        told = f"the API version in the data ({obj['apiVersion']}) does not match the expected API version"
        raise bad_request(f"{told} ({resource.api_version})")
    if obj["kind"] != resource.kind:
        raise bad_request(f'{obj["kind"]} in version "{resource.version}" cannot be handled as a {resource.kind}')
    metadata = obj.setdefault("metadata", {}) or {}
    obj["metadata"] = metadata
    unknown = _check_types(call, obj)
    if resource.namespaced and metadata.setdefault("namespace", info.namespace) != info.namespace:
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
    if not resource.namespaced:
        metadata.pop("namespace", None)
    return obj, unknown


def _check_types(call: Call, obj: Object) -> list[str]:
    """Drop unknown fields, or refuse them when asked to be strict; refuse what has the wrong type or is missing."""
    resource = call.resource
    findings = check(resource, obj)
    unfit = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: '
    if findings.mistyped:
        raise bad_request(unfit + findings.mistyped)
    told = [f'unknown field "{path}"' for path in findings.unknown]
    if told and call.validation == "Strict":
        raise bad_request(f"{unfit}strict decoding error: {', '.join(told)}")
    without_unknown(obj, findings.unknown)
    return told if call.validation == "Warn" else []


def check_patched(call: Call, new: Object, old: Object) -> list[str]:
    """Check the outcome of a patch; a wrong type is 422 there."""
    findings = check(call.resource, new)
    if findings.mistyped:
        cause = Cause("FieldValueInvalid", f'Invalid value: "": {findings.mistyped}', "patch")
        raise ApiError(422, "Invalid", f' "" is invalid: patch: {cause.message}', {"causes": [cause.as_json()]})
    told = [f'unknown field "{path}"' for path in findings.unknown]
    if told and call.validation == "Strict":
        raise ApiError(
            422, "Invalid", f' "" is invalid: patch: Invalid value: "": strict decoding error: {", ".join(told)}'
        )
    without_unknown(new, findings.unknown)
    for name in ("name", "namespace"):
        if new["metadata"].get(name) != old["metadata"].get(name):
            raise bad_request(f"the {name} of the object does not match the {name} on the URL")
    return told if call.validation == "Warn" else []


async def delete_options(request: web.Request) -> tuple[DeleteOptions, bool]:
    body = await read_options(request)
    query = request.query
    asked = body.get("propagationPolicy") or query.get("propagationPolicy")
    if asked and asked not in _PROPAGATIONS:
        told = f'Unsupported value: "{asked}": supported values: "Foreground", "Background", "Orphan", "nil"'
        raise invalid_options("DeleteOptions", Cause("FieldValueNotSupported", told, "propagationPolicy"))
    propagation = _PROPAGATIONS[asked] if asked else None
    if propagation is None and body.get("orphanDependents"):
        propagation = "Orphan"
    grace_s = body.get("gracePeriodSeconds")
    conditions = body.get("preconditions") or {}
    options = DeleteOptions(
        grace_s=whole_number(query, "gracePeriodSeconds") if grace_s is None else grace_s,
        propagation=propagation,
        uid=conditions.get("uid", ""),
        resource_version=conditions.get("resourceVersion", ""),
    )
    return options, is_dry_run(query) or body.get("dryRun") == ["All"]
