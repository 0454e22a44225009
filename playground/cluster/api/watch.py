"""watch: a stream of changes from a version on, seen through selectors, with bookmarks and WatchList.

Guarantees: events of one resource in the order of their versions, none skipped while the stream lives; a reader that
falls too far behind is cut off instead of being fed from memory.
"""

import asyncio
import math
from collections.abc import Iterator, Mapping
from datetime import datetime

from aiohttp import web

from playground.cluster.api import views
from playground.cluster.api.request import INVALID_VERSION, RequestInfo, revision, truth, whole_number
from playground.cluster.api.respond import Representation, representation
from playground.cluster.clock import Clock
from playground.cluster.errors import ApiError, Cause, invalid_options
from playground.cluster.faults import Faults
from playground.cluster.kobject import Object
from playground.cluster.resources import Resource
from playground.cluster.selectors import Predicate, predicate
from playground.cluster.state import ClusterState
from playground.cluster.store import Change, EventType, watch_line

BACKLOG = 20_000
"""Undelivered events at which a slow watcher is cut off; generous, since loops here are shared with the controllers."""
BOOKMARK_EVERY_S = 60.0
BOOKMARK_BEFORE_END_S = 2.0
DEFAULT_TIMEOUT_S = 1800.0
"""A real server ends a watch without timeoutSeconds after 30 to 60 minutes."""
INITIAL_EVENTS_END = "k8s.io/initial-events-end"


class Watcher:
    """One open watch: what it wants to see, and the lines that wait to be sent."""

    def __init__(
        self,
        resource: Resource,
        namespace: str,
        wanted: Predicate | None,
        form: Representation,
        query: Mapping[str, str],
    ) -> None:
        self.resource = resource
        self.form = form
        self.query = query
        self.pending: list[bytes] = []
        self.awake = asyncio.Event()
        self.overrun = False
        self.last_revision = 0
        self._namespace = namespace
        self._wanted = wanted

    def offer(self, change: Change, clock: Clock) -> None:
        """Take in a change if it concerns this watch."""
        self.last_revision = change.revision
        type_ = self._seen_as(change)
        if type_ is None:
            return
        if len(self.pending) >= BACKLOG:
            self.overrun = True
        elif self.form == "object":
            self.pending.append(change.line(type_))
        else:
            self.pending.append(self.line(type_, change.object, clock.now()))
        self.awake.set()

    def line(self, type_: str, obj: Object, now: datetime) -> bytes:
        return watch_line(type_, views.one(self.resource, obj, self.form, self.query, now))

    def sees(self, obj: Object) -> bool:
        if self._namespace and obj["metadata"].get("namespace") != self._namespace:
            return False
        return self._wanted is None or self._wanted(obj)

    def _seen_as(self, change: Change) -> EventType | None:
        """Translate a change: an object that crosses the selector is ADDED or DELETED for this watch."""
        if change.type == "ADDED" or change.previous is None:
            return "ADDED" if self.sees(change.object) else None
        before = self.sees(change.previous)
        if change.type == "DELETED":
            return "DELETED" if before else None
        match before, self.sees(change.object):
            case True, True:
                return "MODIFIED"
            case True, False:
                return "DELETED"
            case False, True:
                return "ADDED"
        return None


class WatchServer:
    def __init__(self, state: ClusterState, faults: Faults) -> None:
        self._state = state
        self._faults = faults
        self.open = 0

    async def serve(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.StreamResponse:
        watcher = self._watcher(request, resource, info)
        try:
            opening = list(self._opening(watcher, request.query))
        except ApiError as error:
            if error.code not in {410, 504}:
                raise
            return await _fail(request, error)
        stop = self._state.store.watch(resource, lambda change: watcher.offer(change, self._state.clock))
        watcher.last_revision = self._state.store.revision
        self.open += 1
        try:
            return await self._stream(request, watcher, opening)
        finally:
            self.open -= 1
            stop()

    def _watcher(self, request: web.Request, resource: Resource, info: RequestInfo) -> Watcher:
        query = request.query
        fields = query.get("fieldSelector", "")
        if info.name:
            fields = f"metadata.name={info.name}"
        wanted = predicate(query.get("labelSelector", ""), fields, resource.kind)
        form = representation(request.headers.get("Accept", ""))
        return Watcher(resource, info.namespace, wanted, form, query)

    def _opening(self, watcher: Watcher, query: Mapping[str, str]) -> Iterator[bytes]:
        """Yield what the watch begins with: the state, or what happened since the version asked for."""
        asked, store = _version(query), self._state.store
        initial = query.get("sendInitialEvents")
        if initial is not None:
            _check_watch_list(query)
        if initial is not None and truth(query, "sendInitialEvents"):
            yield from self._state_of(watcher)
            if truth(query, "allowWatchBookmarks"):
                yield bookmark(watcher.resource, store.revision, {INITIAL_EVENTS_END: "true"})
        elif asked in {None, 0} and initial is None:
            yield from self._state_of(watcher)
        else:
            for change in store.since(watcher.resource, asked or store.revision):
                watcher.offer(change, self._state.clock)
            yield from watcher.pending
            watcher.pending.clear()

    def _state_of(self, watcher: Watcher) -> Iterator[bytes]:
        now = self._state.clock.now()
        for obj in self._state.store.items(watcher.resource):
            if watcher.sees(obj):
                yield watcher.line("ADDED", obj, now)

    async def _stream(self, request: web.Request, watcher: Watcher, opening: list[bytes]) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "application/json", "Cache-Control": "no-cache, private"}
        )
        response.enable_chunked_encoding()
        await response.prepare(request)
        await self._faults.deliver(request, response, b"".join(opening))
        loop = asyncio.get_running_loop()
        ends = loop.time() + (whole_number(request.query, "timeoutSeconds") or DEFAULT_TIMEOUT_S)
        marked = loop.time() if truth(request.query, "allowWatchBookmarks") else math.inf
        while (left := ends - loop.time()) > 0 and not watcher.overrun:
            due = _next_bookmark(marked, ends)
            if not await _news(watcher, min(left, max(0.0, due - loop.time()))):
                if loop.time() >= due:
                    await response.write(bookmark(watcher.resource, self._state.store.revision))
                    marked = loop.time()
                continue
            lines, watcher.pending = watcher.pending, []
            await self._faults.deliver(request, response, b"".join(lines))
        await response.write_eof()
        return response


def _next_bookmark(last: float, ends: float) -> float:
    """Return when a bookmark is due: every minute, and shortly before the end."""
    before_end = ends - BOOKMARK_BEFORE_END_S
    return min(last + BOOKMARK_EVERY_S, before_end) if last < before_end else math.inf


async def _fail(request: web.Request, error: ApiError) -> web.StreamResponse:
    """Refuse inside the stream: a real server answers a version that is too old with 200 and an ERROR event."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(watch_line("ERROR", error.status()))
    await response.write_eof()
    return response


async def _news(watcher: Watcher, wait_s: float) -> bool:
    """Wait until there is something to send; False when nothing came in time."""
    if not watcher.pending:
        watcher.awake.clear()
        try:
            await asyncio.wait_for(watcher.awake.wait(), wait_s)
        except TimeoutError:
            return False
    return True


def _version(query: Mapping[str, str]) -> int | None:
    """Read resourceVersion; for watches a real server answers one that is no number with 500."""
    try:
        return revision(query)
    except ApiError as error:
        raise ApiError(500, "", error.message.removeprefix(INVALID_VERSION)) from None


def _check_watch_list(query: Mapping[str, str]) -> None:
    match = query.get("resourceVersionMatch", "")
    if match != "NotOlderThan":
        told = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        cause = Cause("FieldValueForbidden", f"Forbidden: {told}", "resourceVersionMatch")
        raise invalid_options("ListOptions", cause)


def bookmark(resource: Resource, at: int, annotations: dict[str, str] | None = None) -> bytes:
    metadata: Object = {"resourceVersion": str(at), "creationTimestamp": None}
    if annotations:
        metadata["annotations"] = annotations
    return watch_line("BOOKMARK", {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata})
