"""A server of pods that lists and watches as the API server does, and breaks connections in every way we know of."""

import asyncio
import random
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec
from aiohttp import web

Object = dict[str, Any]


class Fault(StrEnum):
    """What happens to a connection."""

    FAILURE = "500"
    THROTTLED = "429"
    UNAUTHORIZED = "401"
    HTML = "502 with a page"
    EMPTY = "200 with nothing"
    RESET = "reset within a line"
    PARTIAL = "end within a line"
    EARLY = "end between lines"
    STALL = "silence"
    ERROR = "an ERROR without reason"
    GONE = "an ERROR 410"


BEFORE = (Fault.FAILURE, Fault.THROTTLED, Fault.UNAUTHORIZED, Fault.HTML, Fault.EMPTY)
"""Instead of an answer."""
WITHIN = (Fault.RESET, Fault.PARTIAL, Fault.EARLY, Fault.STALL, Fault.ERROR)
"""After some lines of a watch."""


@dataclass
class FaultServer:
    """Pods, their history, and a plan of faults; `respond` is the handler."""

    rng: random.Random
    history: int = 1_000_000
    streams_initial_state: bool = True
    forced_410: bool = False
    lines_between_faults: int = 150
    quiet: bool = False
    """No more faults."""
    met: Counter[Fault] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.version = 1
        self.objects: dict[str, Object] = {}
        self.events: deque[tuple[int, bytes]] = deque(maxlen=self.history)
        self._forgotten = 0
        self._changed = asyncio.Event()
        self._snapshots: dict[str, tuple[int, list[Object]]] = {}

    # the cluster's side

    def put(self, uid: str, status: Object, *, restarts: int) -> None:
        """Create or change a pod."""
        self.version += 1
        pod = {
            "metadata": {"name": uid, "uid": uid, "resourceVersion": str(self.version)},
            "status": {"containerStatuses": [{"name": "c", "restartCount": restarts, "state": status}]},
        }
        known = uid in self.objects
        self.objects[uid] = pod
        self._tell("MODIFIED" if known else "ADDED", pod)

    def remove(self, uid: str) -> None:
        """Delete a pod."""
        self.version += 1
        pod = self.objects.pop(uid)
        self._tell("DELETED", {**pod, "metadata": {**pod["metadata"], "resourceVersion": str(self.version)}})

    def _tell(self, kind: str, pod: Object) -> None:
        if len(self.events) == self.events.maxlen:
            self._forgotten = self.events[0][0]
        self.events.append((self.version, _line(kind, pod)))
        self._changed.set()
        self._changed = asyncio.Event()

    # the client's side

    async def respond(self, request: web.Request) -> web.StreamResponse:
        fault = self._fault_before()
        if fault is not None:
            return self._refusal(fault)
        if "watch" in request.query:
            return await self._watch(request)
        return self._list(request)

    def _list(self, request: web.Request) -> web.Response:
        token = request.query.get("continue", "")
        version, items = self._snapshots.pop(token, (self.version, list(self.objects.values())))
        limit = int(request.query.get("limit", "0")) or len(items)
        page, rest = items[:limit], items[limit:]
        metadata = {"resourceVersion": str(version)}
        if rest:
            metadata["continue"] = token = f"{version}-{len(rest)}-{self.rng.random()}"
            self._snapshots[token] = (version, rest)
        return _json({"kind": "PodList", "metadata": metadata, "items": page})

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        initial = "sendInitialEvents" in request.query
        if initial and not self.streams_initial_state:
            return _status(422, "Invalid", "sendInitialEvents is forbidden for watch")
        since = self.version if initial else int(request.query["resourceVersion"])
        if since < self._forgotten:
            return _status(410, "Expired", "too old resource version")
        response = web.StreamResponse()
        await response.prepare(request)
        left = self.rng.randrange(1, 2 * self.lines_between_faults)
        for line in self._initial() if initial else ():
            left -= 1
            if left <= 0 and not self.quiet:
                return await self._break(request, response, line)
            await self._send(response, line)
        while True:
            changed = self._changed
            for version, line in self._after(since):
                left -= 1
                if left <= 0 and not self.quiet:
                    return await self._break(request, response, line)
                await self._send(response, line)
                since = version
            if since < self._forgotten:
                await self._send(response, _error(410, "Expired"))
                return response
            await changed.wait()

    def _initial(self) -> Iterator[bytes]:
        for pod in list(self.objects.values()):
            yield _line("ADDED", pod)
        metadata = {"resourceVersion": str(self.version), "annotations": {"k8s.io/initial-events-end": "true"}}
        yield _line("BOOKMARK", {"metadata": metadata})

    def _after(self, since: int) -> list[tuple[int, bytes]]:
        """At most a few events, since more may be forgotten while these are sent."""
        found: list[tuple[int, bytes]] = []
        for version, line in reversed(self.events):
            if version <= since:
                break
            found.append((version, line))
        return found[::-1]

    async def _send(self, response: web.StreamResponse, line: bytes) -> None:
        """Write a line, sometimes in two pieces."""
        if self.rng.random() < 0.05:
            cut = self.rng.randrange(len(line))
            await response.write(line[:cut])
            await asyncio.sleep(0)
            line = line[cut:]
        await response.write(line)

    def _fault_before(self) -> Fault | None:
        if self.quiet or self.rng.random() > 0.3:
            return None
        return self._next(BEFORE)

    async def _break(self, request: web.Request, response: web.StreamResponse, line: bytes) -> web.StreamResponse:
        fault = self._next((*WITHIN, Fault.GONE) if self.forced_410 else WITHIN)
        match fault:
            case Fault.RESET | Fault.PARTIAL:
                await response.write(line[: self.rng.randrange(1, len(line) - 1)])
                if fault is Fault.RESET and request.transport is not None:
                    request.transport.abort()
            case Fault.STALL:
                await asyncio.sleep(0.1)
            case Fault.ERROR:
                await response.write(b'{"type":"ERROR","object":{"kind":"Status","code":500}}\n')
            case Fault.GONE:
                await response.write(_error(410, "Expired"))
            case _:
                pass
        return response

    def _refusal(self, fault: Fault) -> web.Response:
        match fault:
            case Fault.FAILURE:
                return _status(500, "InternalError", "etcdserver: leader changed")
            case Fault.THROTTLED:
                return _status(429, "TooManyRequests", "too many requests")
            case Fault.UNAUTHORIZED:
                return _status(401, "Unauthorized", "Unauthorized")
            case Fault.HTML:
                return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
            case _:
                return web.Response()

    def _next(self, faults: tuple[Fault, ...]) -> Fault:
        """Choose the fault that was met least, so that each is met."""
        fault = min(faults, key=lambda fault: (self.met[fault], self.rng.random()))
        self.met[fault] += 1
        return fault


def _line(kind: str, obj: Object) -> bytes:
    return msgspec.json.encode({"type": kind, "object": obj}) + b"\n"


def _error(code: int, reason: str) -> bytes:
    return _line("ERROR", {"kind": "Status", "code": code, "reason": reason, "message": reason})


def _json(body: Object, code: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=code, content_type="application/json")


def _status(code: int, reason: str, message: str) -> web.Response:
    return _json({"kind": "Status", "code": code, "reason": reason, "message": message}, code)
