"""One API server, reached: sends requests and opens streams with fresh credentials, and translates every failure."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import aiohttp
from aiohttp import ClientTimeout, ClientWSTimeout
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict
from yarl import URL

from bot.errors import BadArguments, BotError, Unreachable
from bot.k8s.connections import CALL_TIMEOUT, STREAM_TIMEOUT, Connections
from bot.k8s.credentials import Credentials
from bot.k8s.refusals import Unauthenticated, error_for
from bot.k8s.request import Request

log = logging.getLogger(__name__)

BROKEN = (aiohttp.ClientError, HttpProcessingError, TimeoutError, OSError)
"""What a connection can fail with; aiohttp's LineTooLong is a HttpProcessingError and no ClientError."""
ONLY_STRICTLY_WRONG = range(80, 94)
"""OpenSSL's X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA to X509_V_ERR_EXTENSIONS_REQUIRE_VERSION_3."""
ERROR_BODY_BYTES = 4 << 20
"""How much of an error's body is read: a Status may quote the whole object, a proxy's page need not end."""


@dataclass(frozen=True)
class Answer:
    """A response with status 2xx."""

    code: int
    headers: Mapping[str, str]
    body: bytes


class Session:
    """The way to one API server. Safe to use from many tasks; close it at the end."""

    def __init__(self, credentials: Credentials) -> None:
        """Take loaded credentials. Raises BadArguments on an unusable certificate."""
        self._credentials = credentials
        self._headers = {"User-Agent": user_agent(), "Accept": "application/json", "Accept-Encoding": "identity"}
        self._connections = Connections(credentials, self._headers)
        self._unusable: tuple[int, ...] = ()
        """The files as they were when no certificate could be made of them."""

    @property
    def host(self) -> str:
        """The API server's address."""
        return self._credentials.host

    async def send(self, request: Request, *, timeout_s: float | None = None) -> Answer:
        """Send and read the whole answer. Raises what `error_for` makes of a refusal, and Unreachable.

        A token that the server refuses is renewed once and the request sent again: a 401 says that nothing was done.
        """
        try:
            async with asyncio.timeout(timeout_s), self._response(request, CALL_TIMEOUT) as response:
                return Answer(response.status, response.headers, await response.read())
        except BROKEN as error:
            raise unreachable(request, error) from error

    @asynccontextmanager
    async def open(self, request: Request, *, silence_s: float | None = None) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open a stream; reading it raises BROKEN, to be dealt with by the reader. Raises as `send` does until then.

        *silence_s*: how long the stream may say nothing, where that differs from a watch's.
        """
        limits = ClientTimeout(total=None, sock_connect=5, sock_read=silence_s) if silence_s else STREAM_TIMEOUT
        async with AsyncExitStack() as stack:
            try:
                response = await stack.enter_async_context(self._response(request, limits))
            except BROKEN as error:
                raise unreachable(request, error) from error
            stack.callback(response.close)  # what is left of a stream must not be read to its end
            yield response

    @asynccontextmanager
    async def proxied(self, request: Request) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open the answer of what stands behind the API server, whatever its status. Raises Unreachable.

        A 401 may be the target's own word: no token is renewed over it.
        """
        try:
            async with self._attempt(request, CALL_TIMEOUT) as response:
                yield response
        except BROKEN as error:
            raise unreachable(request, error) from error

    @asynccontextmanager
    async def websocket(
        self, request: Request, protocols: tuple[str, ...], max_frame_bytes: int
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a WebSocket. Raises Unreachable, and what `error_for` makes of a refusal."""
        connections = await self._current()
        async with connections.used():
            try:
                socket = await self._handshake(connections, request, protocols, max_frame_bytes)
            except BROKEN as error:
                raise unreachable(request, error) from error
            try:
                yield socket
            finally:
                await socket.close()

    async def _handshake(
        self, connections: Connections, request: Request, protocols: tuple[str, ...], max_frame_bytes: int
    ) -> aiohttp.ClientWebSocketResponse:
        is_second = False
        while True:
            try:
                socket: aiohttp.ClientWebSocketResponse = await connections.streams.ws_connect(
                    self._url(request),
                    protocols=protocols,
                    headers=await self._request_headers(request),
                    heartbeat=20,
                    timeout=ClientWSTimeout(ws_close=2),
                    max_msg_size=max_frame_bytes,
                    **self._route(),
                )
                return socket
            except aiohttp.WSServerHandshakeError as error:
                refusal = await self._why_no_websocket(request)
                if is_second or error.status != 401 or isinstance(refusal, Unauthenticated):
                    raise refusal from error
            is_second = True  # the token was refused and is renewed by now

    async def _why_no_websocket(self, request: Request) -> BotError:
        """Ask once more as a plain request, which starts nothing: its refusal has the reason that a handshake lacks."""
        try:
            await self.send(request)
        except BotError as error:
            return error
        return Unreachable(f"The way to the API server lets no WebSocket through for {request.target}.")

    async def close(self) -> None:
        """Close all connections, under whoever uses them."""
        await self._connections.close()

    @asynccontextmanager
    async def _response(self, request: Request, limits: ClientTimeout) -> AsyncIterator[aiohttp.ClientResponse]:
        generation = self._credentials.generation
        async with self._attempt(request, limits) as response:
            if response.status != 401:
                yield await _accepted(request, response)
                return
        log.info("the API server refused the token; loading it again")
        await self._credentials.reload(generation)
        async with self._attempt(request, limits) as response:
            yield await _accepted(request, response)

    @asynccontextmanager
    async def _attempt(self, request: Request, limits: ClientTimeout) -> AsyncIterator[aiohttp.ClientResponse]:
        connections = await self._current()
        async with connections.used():
            pool = connections.calls if limits is CALL_TIMEOUT else connections.streams
            async with pool.request(
                request.method,
                self._url(request),
                data=request.body,
                headers=await self._request_headers(request),
                allow_redirects=False,
                timeout=limits,
                **self._route(),
            ) as response:
                yield response

    async def _current(self) -> Connections:
        """Give the pools, built anew when a certificate was rotated.

        Of a rotation that is half done (of certificate and key the one is there before the other) nothing is taken:
        what was loaded before is still good.
        """
        stamp = self._credentials.tls_stamp()
        if stamp != self._connections.stamp:
            try:
                rotated = Connections(self._credentials, self._headers)
            except BadArguments as error:
                self._say_once(stamp, error)
                return self._connections
            retired, self._connections = self._connections, rotated
            await retired.retire()
        return self._connections

    def _say_once(self, stamp: tuple[int, ...], error: BadArguments) -> None:
        """Log what keeps a new certificate from being used, once for each version of its files."""
        if stamp != self._unusable:
            self._unusable = stamp
            log.warning("the new certificate cannot be used yet, the old one is: %s", error)

    def _url(self, request: Request) -> URL:
        url = URL(self._credentials.host + request.path, encoded=True)
        return url.with_query(dict(request.query)) if request.query else url

    def _route(self) -> dict[str, Any]:
        return {"proxy": self._credentials.proxy, "server_hostname": self._credentials.server_name}

    async def _request_headers(self, request: Request) -> CIMultiDict[str]:
        headers = CIMultiDict(request.headers)
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        if token := await self._credentials.authorization():
            headers["Authorization"] = token
        return headers


async def connect(kubeconfig: str | None, context: str | None = None, *, old_ca: bool = False) -> Session:
    """Load credentials and make a session; the server is not asked yet.

    *kubeconfig* None: the pod's own account, else kubectl's own file. Raises BadArguments with one sentence on what is
    wrong.
    """
    credentials = Credentials(kubeconfig, context, old_ca=old_ca)
    await credentials.load()
    return Session(credentials)


async def _accepted(request: Request, response: aiohttp.ClientResponse) -> aiohttp.ClientResponse:
    """Give the response when it is one of success. Raises what `error_for` says."""
    if 200 <= response.status < 300:
        return response
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > ERROR_BODY_BYTES:
            break
    raise error_for(request, response.status, bytes(body), response.headers)


def unreachable(request: Request, error: BaseException) -> Unreachable:
    """Say that no answer came, and whether that leaves a write in doubt."""
    sentence = f"The API server {_failing(error)} for {request.target}."
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Unreachable(sentence, hint=_which_ca(error.certificate_error))
    if not request.writes:
        return Unreachable(sentence, hint="Try again.")
    if isinstance(error, aiohttp.ClientConnectorError):  # refused or unresolved: it never left
        return Unreachable(f"{sentence} Nothing was changed.", hint="Try again.")
    return Unreachable(f"{sentence} Whether it took effect is not known.", hint="Look before you try again.")


def _failing(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "did not answer in time"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        why = getattr(error.certificate_error, "verify_message", "")
        return f"shows a certificate that is not trusted{f' ({why})' if why else ''}"
    if isinstance(error, aiohttp.ClientSSLError):
        return "could not agree with us on TLS"
    return "could not be reached"


def _which_ca(error: Exception) -> str:
    """What to do about a certificate: OpenSSL numbers what only strict checks find."""
    if getattr(error, "verify_code", 0) in ONLY_STRICTLY_WRONG:
        return "Renew the cluster's CA by RFC 5280; until then KUBE_OLD_CA=true checks as Python before 3.13 did."
    return "Name the right CA in the kubeconfig, or renew the certificate."


def user_agent() -> str:
    """Name ourselves for the audit log and for priority and fairness."""
    try:
        return f"saas-bot/{version('saas-bot')}"
    except PackageNotFoundError:
        return "saas-bot/dev"
