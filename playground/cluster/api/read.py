"""get and list: selectors, pages over a snapshot, and the versions that lists are asked at."""

import base64
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from aiohttp import web

from playground.cluster.api import views
from playground.cluster.api.request import RequestInfo, revision, whole_number
from playground.cluster.api.respond import json_response, representation
from playground.cluster.errors import (
    ApiError,
    Cause,
    bad_request,
    continue_expired,
    invalid_options,
    too_large_version,
)
from playground.cluster.kobject import Object
from playground.cluster.resources import Resource
from playground.cluster.selectors import predicate
from playground.cluster.state import ClusterState

SNAPSHOTS = 64
"""Paged lists that can be continued at a time; older ones get 410, as after etcd's compaction."""


@dataclass(frozen=True)
class _Snapshot:
    revision: int
    items: list[Object]


class Reader:
    """Serves reads from the store."""

    def __init__(self, state: ClusterState) -> None:
        self._state = state
        self._snapshots: OrderedDict[str, _Snapshot] = OrderedDict()

    def forget_snapshots(self) -> None:
        """Let every continue token expire."""
        self._snapshots.clear()

    def get(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.Response:
        asked = revision(request.query)
        if asked is not None and asked > self._state.store.revision:
            raise too_large_version(asked, self._state.store.revision)
        obj = self._state.store.get(resource, info.namespace, info.name)
        form = representation(request.headers.get("Accept", ""))
        return json_response(views.one(resource, obj, form, request.query, self._state.clock.now()))

    def listing(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.Response:
        query = request.query
        items, metadata = self.page(resource, info.namespace, query)
        form = representation(request.headers.get("Accept", ""))
        return json_response(views.many(resource, items, metadata, form, query, self._state.clock.now()))

    def page(self, resource: Resource, namespace: str, query: Mapping[str, str]) -> tuple[list[Object], Object]:
        """Return the items of one page and the list's metadata (raises 400, 410, 504)."""
        limit = whole_number(query, "limit") or 0
        if query.get("continue"):
            if query.get("resourceVersion", "0") not in {"", "0"}:
                raise bad_request("specifying resource version is not allowed when using continue")
            token, start, snapshot = self._continued(query["continue"])
        else:
            self._check_version(query)
            start, token = 0, ""
            snapshot = _Snapshot(self._state.store.revision, self._select(resource, namespace, query))
        return self._cut(snapshot, start, limit, token)

    def _select(self, resource: Resource, namespace: str, query: Mapping[str, str]) -> list[Object]:
        items = self._state.store.items(resource, namespace)
        wanted = predicate(query.get("labelSelector", ""), query.get("fieldSelector", ""), resource.kind)
        return items if wanted is None else [item for item in items if wanted(item)]

    def _check_version(self, query: Mapping[str, str]) -> None:
        asked, match = revision(query), query.get("resourceVersionMatch", "")
        current = self._state.store.revision
        if match and asked is None:
            raise _version_match_forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided")
        if match not in {"", "Exact", "NotOlderThan"}:
            raise _version_match_forbidden(f'Unsupported value: "{match}"')
        if asked is not None and asked > current:
            raise too_large_version(asked, current)
        if match == "Exact" and asked != current:
            raise ApiError(410, "Expired", f"The resourceVersion for the provided list is too old: {asked}")

    def _cut(self, snapshot: _Snapshot, start: int, limit: int, token: str) -> tuple[list[Object], Object]:
        end = start + limit if limit else len(snapshot.items)
        metadata: Object = {"resourceVersion": str(snapshot.revision)}
        if end < len(snapshot.items):
            token = token or self._remember(snapshot)
            metadata["continue"] = _encode(token, snapshot.revision, end)
            metadata["remainingItemCount"] = len(snapshot.items) - end
        return snapshot.items[start:end], metadata

    def _remember(self, snapshot: _Snapshot) -> str:
        token = self._state.ids.hexadecimal(16)
        self._snapshots[token] = snapshot
        while len(self._snapshots) > SNAPSHOTS:
            self._snapshots.popitem(last=False)
        return token

    def _continued(self, text: str) -> tuple[str, int, _Snapshot]:
        try:
            content = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            token, start = content["snapshot"], int(content["start"])
        except (ValueError, KeyError, TypeError):
            raise bad_request(
                f"continue key is not valid: illegal base64 data or unknown format: {text[:40]}"
            ) from None
        snapshot = self._snapshots.get(token)
        if snapshot is None:
            raise continue_expired()
        return token, start, snapshot


def _encode(token: str, at: int, start: int) -> str:
    content = {"v": "meta.k8s.io/v1", "rv": at, "start": start, "snapshot": token}
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def _version_match_forbidden(told: str) -> ApiError:
    return invalid_options("ListOptions", Cause("FieldValueForbidden", f"Forbidden: {told}", "resourceVersionMatch"))
