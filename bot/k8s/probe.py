"""One GET of a Service or Pod through the API server, which reaches what we need not be able to reach.

The API server takes our credentials off, chooses one of the ready endpoints and hands its answer back as it is.
"""

import asyncio
import re
from dataclasses import replace
from urllib.parse import unquote

import aiohttp

from bot.errors import BadArguments
from bot.k8s.refusals import error_for
from bot.k8s.request import Request, request_for
from bot.k8s.session import Session
from bot.k8s.status import Status, parse_status
from bot.model.probe import NoAnswer, ProbeAnswer, ProbeQuery
from bot.model.redaction import redact
from bot.model.resources import BY_NAME

HEAD_BYTES = 64 * 1024
"""How much of a body is read; secrets are taken out of all of it before less is shown."""
PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}){0,1000}")
"""What RFC 3986 allows in a path with a query."""
PORT = re.compile(r"[a-z0-9-]{1,15}")
"""A number, or an IANA service name."""
REFUSED_BY_THE_API_SERVER = frozenset((401, 403, 404, 429))
"""With a Status as its body; a 503 with one says that the target did not answer."""
BEFORE_THE_REASON = "error trying to reach service: "


class KubernetesProbes:
    """bot.ports.Probes over a session."""

    def __init__(self, session: Session) -> None:
        """Probe what *session*'s API server reaches."""
        self._session = session

    async def get(self, query: ProbeQuery) -> ProbeAnswer | NoAnswer:
        """Ask once. Raises BadArguments for a path or port that cannot be one, NotFound, Denied, Unreachable."""
        request = request_of(query)
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(query.timeout_s), self._session.proxied(request) as response:
                latency_s = asyncio.get_running_loop().time() - began
                body, is_whole = await _head(response)
        except TimeoutError:
            return NoAnswer(why=f"nothing came within {query.timeout_s:g} s")
        if (status := parse_status(body)) and response.status in {*REFUSED_BY_THE_API_SERVER, 503}:
            return _not_reached(request, response, status, body)
        text = "" if b"\0" in body else redact(body.decode(errors="replace"))
        return ProbeAnswer(
            latency_s=latency_s,
            code=response.status,
            content_type=response.headers.get("Content-Type", ""),
            location=redact(response.headers.get("Location", "").removeprefix(_root(request))),
            head=text,
            is_whole=is_whole and bool(text or not body),
        )


def request_of(query: ProbeQuery) -> Request:
    """Aim at the proxy of the target's port. Raises BadArguments."""
    if not PATH.fullmatch(query.path) or {".", ".."} & set(unquote(query.path).partition("?")[0].split("/")):
        raise BadArguments("This is not a path that can be asked for. Nothing was asked.")
    if not PORT.fullmatch(query.port):
        raise BadArguments("A port is a number or a name of at most 15 letters. Nothing was asked.")
    target = query.target
    resource = BY_NAME[target.kind]
    aimed = request_for("get", resource, target.namespace, target.name, subresource="proxy")
    scheme = "https:" if query.scheme == "https" else ""
    backend = f"{scheme}{target.name}:{query.port}"
    return replace(aimed, path=f"{resource.path(target.namespace)}/{backend}/proxy{query.path}")


def _root(request: Request) -> str:
    """What the API server puts before the paths that a target redirects to."""
    return request.path[: request.path.index("/proxy/") + len("/proxy")]


async def _head(response: aiohttp.ClientResponse) -> tuple[bytes, bool]:
    """The beginning of the body, and whether that is all."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > HEAD_BYTES:
            return bytes(body[:HEAD_BYTES]), False
    return bytes(body), True


def _not_reached(request: Request, response: aiohttp.ClientResponse, status: Status, body: bytes) -> NoAnswer:
    if response.status in REFUSED_BY_THE_API_SERVER:
        raise error_for(request, response.status, body, response.headers)
    return NoAnswer(why=status.said.removeprefix(BEFORE_THE_REASON))
