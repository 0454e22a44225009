"""Request bodies: JSON, YAML where apply allows it, and the little protobuf that kubectl insists on."""

from typing import Any

import orjson
import yaml
from aiohttp import web

from playground.cluster.api.protobuf import MEDIA_TYPE as PROTOBUF
from playground.cluster.api.protobuf import decode
from playground.cluster.errors import ApiError, bad_request, unsupported_media
from playground.cluster.kobject import Object

LARGEST_BODY = 3 * 1024 * 1024
"""Bytes; the API server's own limit for a request."""
ACCEPTED = "application/json, application/yaml, application/vnd.kubernetes.protobuf"


async def read_object(request: web.Request) -> Object:
    """Read the object that a POST or PUT carries (raises 400, 413, 415)."""
    raw = await _read(request)
    match request.content_type:
        case "application/json" | "application/octet-stream" | "text/plain":
            content = _json(raw)
        case "application/yaml" | "application/x-yaml" | "text/yaml":
            content = _yaml(raw)
        case media if media == PROTOBUF:
            content = decode(raw)
        case _:
            raise unsupported_media(ACCEPTED)
    if not isinstance(content, dict):
        raise bad_request(
            "couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct"
        )
    return content


async def read_patch(request: web.Request) -> Any:
    """Read a patch's document; apply patches may be YAML (raises 400, 413)."""
    raw = await _read(request)
    return _yaml(raw) if request.content_type.endswith("+yaml") else _json(raw)


async def read_options(request: web.Request) -> Object:
    """Read DeleteOptions, which may be missing (raises 400, 415)."""
    raw = await _read(request)
    if not raw:
        return {}
    if request.content_type == PROTOBUF:
        return decode(raw)
    content = _json(raw)
    return content if isinstance(content, dict) else {}


async def _read(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        told = f"Request entity too large: limit is {LARGEST_BODY}"
        raise ApiError(413, "RequestEntityTooLarge", told) from None


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        told = f"couldn't get version/kind; json parse error: {error}"
        raise bad_request(f"the object provided is unrecognized: {told}") from None


def _yaml(raw: bytes) -> Any:
    try:
        return yaml.load(raw, Loader=_Loader)  # noqa: S506 - a safe loader, made below
    except yaml.YAMLError:
        raise bad_request("error converting YAML to JSON: yaml: the document cannot be read") from None


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML that leaves timestamps as the strings they are in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def load_yaml(text: str) -> list[Object]:
    """Read all documents of a manifest file."""
    return [document for document in yaml.load_all(text, Loader=_Loader) if document]
