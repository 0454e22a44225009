"""What the API server refuses, in its own words: each refusal is an ApiError that renders as a Status."""

from __future__ import annotations

from dataclasses import dataclass, field

from playground.cluster.kobject import Object
from playground.cluster.resources import Resource


@dataclass(frozen=True)
class Cause:
    """One field that is wrong: reason is FieldValueInvalid, FieldValueRequired, FieldManagerConflict, …"""

    reason: str
    message: str
    field: str

    def as_json(self) -> Object:
        return {"reason": self.reason, "message": self.message, "field": self.field}


@dataclass
class ApiError(Exception):
    code: int
    reason: str
    message: str
    details: Object = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def status(self) -> Object:
        body: Object = {
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.code,
        }  # fmt: skip
        if not self.reason:
            del body["reason"]
        if self.details:
            body["details"] = self.details
        return body


def _details(resource: Resource, name: str, **more: object) -> Object:
    details: Object = {"name": name, "group": resource.group, "kind": resource.plural, **more}
    return {key: value for key, value in details.items() if value not in ("", None)}


def not_found(resource: Resource, name: str) -> ApiError:
    return ApiError(404, "NotFound", f'{resource.qualified} "{name}" not found', _details(resource, name))


def no_such_path() -> ApiError:
    return ApiError(404, "NotFound", "the server could not find the requested resource")


def already_exists(resource: Resource, name: str) -> ApiError:
    message = f'{resource.qualified} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, _details(resource, name))


def conflict(resource: Resource, name: str, why: str) -> ApiError:
    message = f'Operation cannot be fulfilled on {resource.qualified} "{name}": {why}'
    return ApiError(409, "Conflict", message, _details(resource, name))


def stale(resource: Resource, name: str) -> ApiError:
    return conflict(
        resource, name,
        "the object has been modified; please apply your changes to the latest version and try again",
    )  # fmt: skip


def invalid(resource: Resource, name: str, causes: list[Cause]) -> ApiError:
    """Refuse with 422, naming each field."""
    listed = [f"{cause.field}: {cause.message}" for cause in causes]
    told = listed[0] if len(listed) == 1 else f"[{', '.join(listed)}]"
    qualified = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
    details: Object = {"name": name, "group": resource.group, "kind": resource.kind}
    details = {key: value for key, value in details.items() if value}
    details["causes"] = [cause.as_json() for cause in causes]
    return ApiError(422, "Invalid", f'{qualified} "{name}" is invalid: {told}', details)


def invalid_options(kind: str, cause: Cause) -> ApiError:
    """Refuse the parameters of a request with 422."""
    told = f'{kind}.meta.k8s.io "" is invalid: {cause.field}: {cause.message}'
    return ApiError(422, "Invalid", told, {"group": "meta.k8s.io", "kind": kind, "causes": [cause.as_json()]})


def bad_request(message: str) -> ApiError:
    return ApiError(400, "BadRequest", message)


def forbidden(resource: Resource, name: str, why: str) -> ApiError:
    quoted = f' "{name}"' if name else ""
    return ApiError(
        403, "Forbidden", f"{resource.qualified}{quoted} is forbidden: {why}", _details(resource, name)
    )  # fmt: skip


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized", "Unauthorized")


def expired(asked: int, oldest: int) -> ApiError:
    return ApiError(410, "Expired", f"too old resource version: {asked} ({oldest})")


def continue_expired() -> ApiError:
    return ApiError(
        410, "Expired",
        "The provided continue parameter is too old to display a consistent list result. You can start a new list "
        "without the continue parameter.",
    )  # fmt: skip


def too_large_version(asked: int, current: int) -> ApiError:
    cause = Cause("ResourceVersionTooLarge", "Too large resource version", "")
    return ApiError(
        504, "Timeout", f"Timeout: Too large resource version: {asked}, current: {current}",
        {"causes": [{"reason": cause.reason, "message": cause.message}], "retryAfterSeconds": 1},
    )  # fmt: skip


def unsupported_media(accepted: str) -> ApiError:
    return ApiError(
        415, "UnsupportedMediaType",
        f"the body of the request was in an unknown format - accepted media types include: {accepted}",
    )  # fmt: skip


def unsupported_patch() -> ApiError:
    return ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type")


def method_not_allowed() -> ApiError:
    return ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


def too_many_requests(message: str, retry_after_s: int, details: Object | None = None) -> ApiError:
    return ApiError(
        429, "TooManyRequests", message,
        {"retryAfterSeconds": retry_after_s, **(details or {})}, {"Retry-After": str(retry_after_s)},
    )  # fmt: skip
