"""Reads Kubernetes' protobuf, which kubectl sends for some commands without asking whether it may.

Only the messages of protobuf_messages can be read. A field that is not listed there is refused rather than lost.
"""

import base64
from typing import Any

from playground.cluster.api.protobuf_messages import KINDS, Field, Message
from playground.cluster.errors import bad_request, unsupported_media
from playground.cluster.kobject import Object

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"
_TYPE_META: Message = {1: Field("apiVersion"), 2: Field("kind")}
_ENVELOPE: Message = {1: Field("typeMeta", _TYPE_META), 2: Field("raw", "bytes"), 3: Field(""), 4: Field("")}
_MAP_ENTRY: Message = {1: Field("key"), 2: Field("value", "bytes")}
_QUANTITY: Message = {1: Field("string")}
_INT_OR_STRING: Message = {1: Field("type", "int"), 2: Field("intVal", "int"), 3: Field("strVal")}


def decode(body: bytes) -> Object:
    """Read an enveloped object (raises 400 when it is broken, 415 when its kind is not listed)."""
    if not body.startswith(_MAGIC):
        raise bad_request("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    try:
        envelope = _message(body[len(_MAGIC) :], _ENVELOPE)
        known = KINDS.get(envelope.get("typeMeta", {}).get("kind", ""))
        if known is None:
            raise unsupported_media("application/json, application/yaml")
        return {**envelope["typeMeta"], **_message(envelope.get("raw", b""), known)}
    except (IndexError, UnicodeDecodeError):
        raise bad_request("the protobuf message is cut short") from None


def _message(raw: bytes, fields: Message) -> Object:
    found: Object = {}
    position = 0
    while position < len(raw):
        tag, position = _varint(raw, position)
        value, position = _value(raw, position, tag & 7)
        field = fields.get(tag >> 3)
        if field is None:
            raise bad_request(f"the practice cluster does not read protobuf field {tag >> 3} here; send JSON")
        if field.name:
            _keep(found, field, value)
    return found


def _value(raw: bytes, position: int, wire_type: int) -> tuple[Any, int]:
    match wire_type:
        case 0:
            return _varint(raw, position)
        case 2:
            length, position = _varint(raw, position)
            return raw[position : position + length], position + length
        case 1 | 5:
            width = 8 if wire_type == 1 else 4
            return raw[position : position + width], position + width
    raise bad_request(f"protobuf: wrong wire type {wire_type}")


def _varint(raw: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position


def _keep(found: Object, field: Field, raw: Any) -> None:
    if isinstance(field.kind, str) and field.kind.startswith("map"):
        entry = _message(raw, _MAP_ENTRY)
        found.setdefault(field.name, {})[entry.get("key", "")] = _map_value(field.kind, entry.get("value", b""))
        return
    value = _converted(field.kind, raw)
    if field.inline:
        found.update(value)
    elif field.repeated:
        found.setdefault(field.name, []).append(value)
    elif value != "":
        found[field.name] = value


def _converted(kind: str | Message, raw: Any) -> Any:
    match kind:
        case "string":
            return raw.decode()
        case "int":
            return raw - (1 << 64) if raw >= 1 << 63 else raw
        case "bool":
            return bool(raw)
        case "quantity":
            return _message(raw, _QUANTITY).get("string", "0")
        case "int or string":
            either = _message(raw, _INT_OR_STRING)
            return either.get("strVal", "") if either.get("type") else either.get("intVal", 0)
        case dict():
            return _message(raw, kind)
    return raw


def _map_value(kind: str, raw: bytes) -> str:
    match kind:
        case "map of quantities":
            return str(_message(raw, _QUANTITY).get("string", "0"))
        case "map of bytes":
            return base64.b64encode(raw).decode()
    return raw.decode()
