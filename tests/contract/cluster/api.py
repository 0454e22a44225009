"""A Kubernetes client as thin as can be: what the server says is what the test sees."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

Object = dict[str, Any]
MERGE, JSON_PATCH = "application/merge-patch+json", "application/json-patch+json"
STRATEGIC, APPLY = "application/strategic-merge-patch+json", "application/apply-patch+yaml"
PATIENCE_S = 240.0
"""How long a cluster may take to do what it was asked; a slow machine must not fail a test."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def reason(self) -> str:
        return str(self.body.get("reason", ""))


class Api:
    """Requests as one user."""

    def __init__(self, session: aiohttp.ClientSession, url: str, headers: dict[str, str] | None = None) -> None:
        self.session = session
        self.url = url
        self.headers = headers or {}

    def as_user(self, name: str, *groups: str) -> "ImpersonatingApi":
        return ImpersonatingApi(
            self.session, self.url, [("Impersonate-User", name), *(("Impersonate-Group", g) for g in groups)]
        )

    async def get(self, path: str, accept: str = "application/json", **query: Any) -> Answer:
        return await self.send("GET", path, query, headers={"Accept": accept})

    async def post(self, path: str, body: Object, **query: Any) -> Answer:
        return await self.send("POST", path, query, body)

    async def put(self, path: str, body: Object, **query: Any) -> Answer:
        return await self.send("PUT", path, query, body)

    async def patch(self, path: str, body: Any, media: str = MERGE, **query: Any) -> Answer:
        return await self.send("PATCH", path, query, body, {"Content-Type": media})

    async def delete(self, path: str, body: Object | None = None, **query: Any) -> Answer:
        return await self.send("DELETE", path, query, body)

    async def send(
        self, method: str, path: str, query: Object, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        sent = self._headers({"Content-Type": "application/json"} if body is not None else {}, headers or {})
        data = io.BytesIO(orjson.dumps(body)) if body is not None else None
        parameters = {name: _spelled(value) for name, value in query.items()}
        async with self.session.request(
            method, self.url + path, params=parameters, data=data, headers=sent
        ) as response:
            raw = await response.read()
            kind = response.headers.get("Content-Type", "")
            content = orjson.loads(raw) if kind.startswith("application/json") and raw else raw.decode()
            return Answer(response.status, content, dict(response.headers))

    def _headers(self, *parts: dict[str, str]) -> Any:
        merged = dict(self.headers)
        for part in parts:
            merged.update(part)
        return merged

    @contextlib.asynccontextmanager
    async def watch(self, path: str, **query: Any) -> AsyncIterator["Events"]:
        """Open a watch; its events are read one by one."""
        parameters = {"watch": "true", **{name: _spelled(value) for name, value in query.items()}}
        async with self.session.get(self.url + path, params=parameters, headers=self._headers()) as response:
            try:
                yield Events(response)
            finally:  # a polite end of TLS would outlive the test's loop
                if response.connection is not None and response.connection.transport is not None:
                    response.connection.transport.abort()

    async def until(self, path: str, holds: Callable[[Object], Any], *, patience_s: float = PATIENCE_S) -> Object:
        """Watch one object until *holds* is true of it, and return it."""
        collection, name = path.rsplit("/", 1)
        async with asyncio.timeout(patience_s), self.watch(collection, fieldSelector=f"metadata.name={name}") as events:
            while True:
                event = await events.next()
                if event["type"] in {"ADDED", "MODIFIED"} and holds(event["object"]):
                    found: Object = event["object"]
                    return found

    async def until_gone(self, path: str, *, patience_s: float = PATIENCE_S) -> None:
        collection, name = path.rsplit("/", 1)
        async with asyncio.timeout(patience_s):
            listed = await self.get(collection, fieldSelector=f"metadata.name={name}")
            if not listed.body["items"]:
                return
            version = listed.body["metadata"]["resourceVersion"]
            query = {"fieldSelector": f"metadata.name={name}", "resourceVersion": version}
            async with self.watch(collection, **query) as events:
                while (await events.next())["type"] != "DELETED":
                    pass


class ImpersonatingApi(Api):
    """Requests with impersonation headers, of which there may be several of one name."""

    def __init__(self, session: aiohttp.ClientSession, url: str, identity: list[tuple[str, str]]) -> None:
        super().__init__(session, url)
        self._identity = identity

    def _headers(self, *parts: dict[str, str]) -> Any:
        return [*self._identity, *(pair for part in parts for pair in part.items())]


class Events:
    """The lines of an open watch."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> Object:
        """Return the next event; an end of the stream is a failure."""
        async with asyncio.timeout(PATIENCE_S):
            line = await self.response.content.readline()
        assert line, "the watch ended"
        event: Object = orjson.loads(line)
        return event

    async def rest(self) -> list[Object]:
        """Return all events until the server ends the watch."""
        async with asyncio.timeout(PATIENCE_S):
            return [orjson.loads(line) async for line in self.response.content]


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
