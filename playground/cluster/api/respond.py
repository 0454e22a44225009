"""Answers over HTTP: JSON bodies, Status errors, and the representation that the Accept header asks for."""

from collections.abc import Iterable
from typing import Literal

import orjson
from aiohttp import web

from playground.cluster.errors import ApiError
from playground.cluster.kobject import Object

Representation = Literal["object", "table", "metadata"]


def json_response(body: object, status: int = 200, warnings: Iterable[str] = ()) -> web.Response:
    response = web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
    for warning in warnings:
        quoted = warning.replace("\\", "\\\\").replace('"', '\\"')
        response.headers.add("Warning", f'299 - "{quoted}"')
    return response


def error_response(error: ApiError) -> web.Response:
    response = json_response(error.status(), error.code)
    response.headers.update(error.headers)
    return response


def success(details: Object, message: str = "") -> Object:
    """Return the Status of a request that left no object behind."""
    status: Object = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    if message:
        status["message"] = message
    return {**status, "details": details}


def representation(accept: str) -> Representation:
    """Choose the first form in the Accept header that can be served; plain objects when none is named."""
    for part in accept.split(","):
        parameters = dict(
            parameter.strip().partition("=")[::2] for parameter in part.split(";")[1:]
        )  # fmt: skip
        if not part.strip().startswith(("application/json", "*/*")):
            continue
        match parameters.get("as"):
            case "Table":
                return "table"
            case "PartialObjectMetadata" | "PartialObjectMetadataList":
                return "metadata"
            case None:
                return "object"
    return "object"
