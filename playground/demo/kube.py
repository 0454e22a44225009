"""The cluster as the demo's own hands reach it: to break things, to know names, to put the platform into it."""

import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import aiohttp

Json = dict[str, Any]

MERGE, STRATEGIC, APPLY, JSON = (
    *("application/merge-patch+json", "application/strategic-merge-patch+json"),
    *("application/apply-patch+yaml", "application/json"),
)

TIMEOUT = aiohttp.ClientTimeout(total=20)
"""For one call; an API server that says nothing for so long is away."""

Authorization = Callable[[], Awaitable[str | None]]


class Refused(Exception):
    """The API server said no, in its own words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Kube:
    """One API server, as its administrator."""

    def __init__(self, http: aiohttp.ClientSession, host: str, authorization: Authorization) -> None:
        self._http = http
        self._host = host
        self._authorization = authorization

    async def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, kind: str = JSON, **query: str
    ) -> Json:
        """Send one request. Raises Refused, aiohttp.ClientError, TimeoutError."""
        headers = {"Content-Type": kind, "Authorization": await self._authorization() or ""}
        async with self._http.request(method, self._host + path, json=body, headers=headers, params=query) as answer:
            found: Json = await answer.json(content_type=None)
            if answer.status >= 400:
                raise Refused(answer.status, str(found.get("message", answer.reason)))
            return found

    async def patch(self, path: str, body: Mapping[str, Any]) -> Json:
        return await self.ask("PATCH", path, body, kind=STRATEGIC)

    async def names(self, path: str) -> list[str]:
        """Names of the objects of a collection; none when it cannot be had."""
        try:
            return [item["metadata"]["name"] for item in (await self.ask("GET", path)).get("items") or ()]
        except (Refused, aiohttp.ClientError, TimeoutError):
            return []


@contextlib.asynccontextmanager
async def reached(host: str, tls: ssl.SSLContext, authorization: Authorization) -> AsyncIterator[Kube]:
    """Reach the server at *host* while the block runs."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls), timeout=TIMEOUT) as http:
        yield Kube(http, host, authorization)


@contextlib.asynccontextmanager
async def reached_with_token(host: str, certificate_pem: bytes, token: str) -> AsyncIterator[Kube]:
    """Reach a server whose certificate is its own authority."""

    async def authorization() -> str:
        return f"Bearer {token}"

    tls = ssl.create_default_context(cadata=certificate_pem.decode())
    async with reached(host, tls, authorization) as kube:
        yield kube
