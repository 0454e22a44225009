"""Kubernetes' protobuf, as far as kubectl sends it without asking: access reviews, evictions and delete options.

Only messages whose numbers are listed here can be read; everything else is refused with 415.
"""

from dataclasses import dataclass
from typing import Any

from playground.cluster.errors import bad_request, unsupported_media
from playground.cluster.kobject import Object

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"
_FIXED64 = 1


@dataclass(frozen=True)
class _Field:
    name: str
    kind: Any = "string"
    """string, int, bool, or the fields of an inner message."""
    repeated: bool = False


_Message = dict[int, _Field]
_RESOURCE_ATTRIBUTES: _Message = {
    1: _Field("namespace"), 2: _Field("verb"), 3: _Field("group"), 4: _Field("version"), 5: _Field("resource"),
    6: _Field("subresource"), 7: _Field("name"),
}  # fmt: skip
_NON_RESOURCE_ATTRIBUTES: _Message = {1: _Field("path"), 2: _Field("verb")}
_SELF_SPEC: _Message = {
    1: _Field("resourceAttributes", _RESOURCE_ATTRIBUTES), 2: _Field("nonResourceAttributes", _NON_RESOURCE_ATTRIBUTES),
}  # fmt: skip
_SUBJECT_SPEC: _Message = {**_SELF_SPEC, 3: _Field("user"), 4: _Field("groups", repeated=True), 6: _Field("uid")}
_METADATA: _Message = {1: _Field("name"), 2: _Field("generateName"), 3: _Field("namespace"), 5: _Field("uid")}
_PRECONDITIONS: _Message = {1: _Field("uid"), 2: _Field("resourceVersion")}
_DELETE_OPTIONS: _Message = {
    1: _Field("gracePeriodSeconds", "int"), 2: _Field("preconditions", _PRECONDITIONS),
    3: _Field("orphanDependents", "bool"), 4: _Field("propagationPolicy"), 5: _Field("dryRun", repeated=True),
}  # fmt: skip
_MESSAGES: dict[str, _Message] = {
    "SelfSubjectAccessReview": {1: _Field("metadata", _METADATA), 2: _Field("spec", _SELF_SPEC)},
    "SubjectAccessReview": {1: _Field("metadata", _METADATA), 2: _Field("spec", _SUBJECT_SPEC)},
    "LocalSubjectAccessReview": {1: _Field("metadata", _METADATA), 2: _Field("spec", _SUBJECT_SPEC)},
    "SelfSubjectRulesReview": {1: _Field("metadata", _METADATA), 2: _Field("spec", {1: _Field("namespace")})},
    "SelfSubjectReview": {1: _Field("metadata", _METADATA)},
    "Eviction": {1: _Field("metadata", _METADATA), 2: _Field("deleteOptions", _DELETE_OPTIONS)},
    "DeleteOptions": _DELETE_OPTIONS,
}
_TYPE_META: _Message = {1: _Field("apiVersion"), 2: _Field("kind")}
_ENVELOPE: _Message = {1: _Field("typeMeta", _TYPE_META), 2: _Field("raw", "bytes")}


def decode(body: bytes) -> Object:
    """Read an enveloped message (raises 400 when it is broken, 415 when its kind is not listed)."""
    if not body.startswith(_MAGIC):
        raise bad_request("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    try:
        envelope = _message(body[len(_MAGIC) :], _ENVELOPE)
        known = _MESSAGES.get(envelope.get("typeMeta", {}).get("kind", ""))
        if known is None:
            raise unsupported_media("application/json, application/yaml")
        return {**envelope["typeMeta"], **_message(envelope.get("raw", b""), known)}
    except (IndexError, UnicodeDecodeError):
        raise bad_request("the protobuf message is cut short") from None


def _message(raw: bytes, fields: _Message) -> Object:
    found: Object = {}
    position = 0
    while position < len(raw):
        tag, position = _varint(raw, position)
        number, wire = tag >> 3, tag & 7
        value: Any
        match wire:
            case 0:
                value, position = _varint(raw, position)
            case 2:
                length, position = _varint(raw, position)
                value, position = raw[position : position + length], position + length
            case 1 | 5:
                width = 8 if wire == _FIXED64 else 4
                value, position = raw[position : position + width], position + width
            case _:
                raise bad_request(f"protobuf: wrong wire type {wire}")
        if number in fields:
            _keep(found, fields[number], value)
    return found


def _keep(found: Object, field: _Field, value: Any) -> None:
    match field.kind:
        case "string":
            value = value.decode()
        case "int":
            value = value - (1 << 64) if value >= 1 << 63 else value
        case "bool":
            value = bool(value)
        case dict():
            value = _message(value, field.kind)
    if field.repeated:
        found.setdefault(field.name, []).append(value)
    elif value != "":
        found[field.name] = value


def _varint(raw: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
