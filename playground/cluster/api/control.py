"""The control path /practice/: how a demo in another process breaks things; masters only, and never spoilt by faults.

GET, POST and DELETE /practice/faults · POST /practice/history/expire · POST /practice/pods/crash ·
POST /practice/nodes/NAME/lose and /recover · GET and PUT /practice/speed
"""

from typing import Protocol

import orjson
from aiohttp import web

from playground.cluster.api.respond import json_response
from playground.cluster.errors import bad_request, no_such_path
from playground.cluster.faults import Faults
from playground.cluster.kobject import Object

PREFIX = "/practice/"


class Controls(Protocol):
    """What can be done to a practice cluster from outside."""

    faults: Faults
    speed: float

    def expire_history(self) -> None: ...
    def crash_pods(self, namespace: str, selector: str, *, code: int, reason: str) -> int: ...
    def lose_node(self, name: str) -> None: ...
    def recover_node(self, name: str) -> None: ...


class ControlPath:
    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    async def serve(self, request: web.Request) -> web.Response:
        """Carry out one request (raises 400, 404)."""
        parts = request.path.removeprefix(PREFIX).split("/")
        match request.method, parts:
            case _, ["faults"]:
                await self._faults(request)
            case "POST", ["history", "expire"]:
                self._controls.expire_history()
            case "POST", ["pods", "crash"]:
                return json_response({"crashed": self._crash(await _body(request))})
            case "POST", ["nodes", name, "lose"]:
                self._controls.lose_node(name)
            case "POST", ["nodes", name, "recover"]:
                self._controls.recover_node(name)
            case "PUT", ["speed"]:
                self._controls.speed = _speed(await _body(request))
            case "GET", ["speed"]:
                pass
            case _:
                raise no_such_path()
        return json_response(self._told())

    async def _faults(self, request: web.Request) -> None:
        match request.method:
            case "POST":
                rows = await _body(request)
                self._controls.faults.load(rows if isinstance(rows, list) else [rows])
            case "DELETE":
                self._controls.faults.clear()
            case "GET":
                pass
            case _:
                raise no_such_path()

    def _crash(self, body: object) -> int:
        if not isinstance(body, dict) or "namespace" not in body:
            raise bad_request("expected namespace, selector, and if wanted code and reason")
        return self._controls.crash_pods(
            body["namespace"],
            body.get("selector", ""),
            code=int(body.get("code", 137)),
            reason=body.get("reason", "OOMKilled"),
        )

    def _told(self) -> Object:
        return {"faults": self._controls.faults.as_json(), "speed": self._controls.speed}


async def _body(request: web.Request) -> object:
    try:
        content: object = orjson.loads(await request.read() or b"{}")
    except orjson.JSONDecodeError:
        raise bad_request("expected JSON") from None
    return content


def _speed(body: object) -> float:
    speed = body.get("speed") if isinstance(body, dict) else None
    if not isinstance(speed, (int, float)) or not 0.01 <= speed <= 1000:
        raise bad_request("expected a speed from 0.01 to 1000")
    return float(speed)
