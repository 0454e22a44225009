"""The API server: one handler through which every request passes — faults, identity, rights, then its verb."""

import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

import orjson
from aiohttp import web

from playground.cluster.api import openapi
from playground.cluster.api.access import Gate
from playground.cluster.api.body import LARGEST_BODY
from playground.cluster.api.control import PREFIX
from playground.cluster.api.discovery import Discovery, version
from playground.cluster.api.read import Reader
from playground.cluster.api.request import RequestInfo, read_request
from playground.cluster.api.respond import error_response, json_response
from playground.cluster.api.reviews import Reviews
from playground.cluster.api.watch import WatchServer
from playground.cluster.api.write import Writer
from playground.cluster.errors import ApiError, method_not_allowed, no_such_path
from playground.cluster.faults import INFO, USER, Faults
from playground.cluster.resources import COMPUTED, NODE_METRICS, POD_METRICS, Catalogue, Resource
from playground.cluster.users import User

LOG = logging.getLogger(__name__)
_HEALTH_PATHS = {"/healthz", "/livez", "/readyz"}
Subresource = Callable[[web.Request, Resource, RequestInfo], Awaitable[web.StreamResponse]]


async def _mark(request: web.Request, response: web.StreamResponse) -> None:
    """Name every answer with the client's Audit-ID or one of ours, as the audit log of a real server would."""
    response.headers["Audit-Id"] = request.headers.get("Audit-ID") or str(uuid4())
    response.headers.setdefault("Cache-Control", "no-cache, private")


@dataclass(frozen=True)
class Parts:
    """What the server hands requests to."""

    catalogue: Catalogue
    gate: Gate
    faults: Faults
    reader: Reader
    writer: Writer
    watches: WatchServer
    reviews: Reviews
    subresources: dict[str, Subresource]
    metrics: Subresource
    control: Callable[[web.Request], Awaitable[web.Response]]


class ApiServer:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._discovery = Discovery(parts.catalogue)
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, host: str, port: int, context: ssl.SSLContext) -> None:
        application = web.Application(client_max_size=LARGEST_BODY)
        application.on_response_prepare.append(_mark)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, ssl_context=context, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._serve(request)
        except ApiError as error:
            return error_response(error)
        except ConnectionError:
            return web.Response(status=499)
        except Exception:
            LOG.exception("%s %s failed", request.method, request.path)
            return error_response(
                ApiError(500, "InternalError", "Internal error occurred: see the practice cluster's log")
            )

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        info = read_request(request.method, request.path, request.query)
        user = self._parts.gate.enter(request, info)
        if request.path.startswith(PREFIX):
            return await self._parts.control(request)
        request[INFO], request[USER] = info, user.name
        spoiled = await self._parts.faults.before(request, info, user.name)
        if spoiled is not None:
            return spoiled
        if not info.is_resource:
            return self._elsewhere(request)
        resource = self._parts.catalogue.find(info.group, info.version, info.plural)
        if resource is None:
            raise no_such_path()
        return await self._on_resource(request, resource, info, user)

    def _elsewhere(self, request: web.Request) -> web.Response:
        match request.path.rstrip("/"):
            case "/version":
                return json_response(version())
            case path if path in _HEALTH_PATHS:
                return web.Response(text="ok")
            case "/openapi/v3":
                return web.Response(body=orjson.dumps(openapi.index(self._parts.catalogue)), content_type="text/plain")
            case path if path.startswith("/openapi/v3/"):
                return json_response(openapi.document(self._parts.catalogue, path.removeprefix("/openapi/v3/")))
            case "":
                return json_response({"paths": ["/api", "/apis", "/healthz", "/openapi/v3", "/readyz", "/version"]})
        return self._discovery.answer(request)

    async def _on_resource(
        self, request: web.Request, resource: Resource, info: RequestInfo, user: User
    ) -> web.StreamResponse:
        parts = self._parts
        if resource in COMPUTED and info.verb not in resource.verbs:
            raise method_not_allowed()
        if resource in {NODE_METRICS, POD_METRICS}:
            return await parts.metrics(request, resource, info)
        if resource in COMPUTED:
            return await parts.reviews.answer(request, resource, info, user)
        if info.subresource and info.subresource != "status":
            handler = parts.subresources.get(info.subresource)
            if handler is None or info.subresource not in resource.subresources:
                raise no_such_path()
            return await handler(request, resource, info)
        return await self._verb(request, resource, info)

    async def _verb(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.StreamResponse:
        parts = self._parts
        if resource.namespaced and not info.namespace and info.verb not in {"list", "watch"}:
            raise method_not_allowed() if info.verb in {"create", "deletecollection"} else no_such_path()
        match info.verb:
            case "get":
                return parts.reader.get(request, resource, info)
            case "list":
                return parts.reader.listing(request, resource, info)
            case "watch":
                return await parts.watches.serve(request, resource, info)
            case "create" if not info.name:
                return await parts.writer.create(request, resource, info)
            case "update" if info.name:
                return await parts.writer.update(request, resource, info)
            case "patch" if info.name:
                return await parts.writer.patch(request, resource, info)
            case "delete":
                return await parts.writer.delete(request, resource, info)
            case "deletecollection":
                return await parts.writer.delete_collection(request, resource, info)
        raise method_not_allowed()
