"""An HTTP server that answers what a test tells it to, and remembers what it was asked."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import yaml
from aiohttp import web
from multidict import CIMultiDictProxy

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Heard:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        return msgspec.json.decode(self.body, type=dict[str, object])


class ScriptedServer:
    """Answers with what *respond* says; set it anew at any time."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.url = ""
        self.respond: Respond = answering({})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.heard.append(
            Heard(request.method, request.path, dict(request.query), request.headers, await request.read())
        )
        return await self.respond(request)

    def kubeconfig(self, folder: Path, **user: object) -> str:
        """Write a kubeconfig for this server and give its path."""
        path = folder / "kubeconfig"
        path.write_text(yaml.safe_dump(kubeconfig(self.url, user or {"token": "first"})))
        return str(path)


def kubeconfig(url: str, user: object) -> dict[str, object]:
    """Make a kubeconfig's content with one context, `here`."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "users": [{"name": "u", "user": user}],
    }


@asynccontextmanager
async def scripted_server() -> AsyncIterator[ScriptedServer]:
    """Serve on a free port."""
    server = ScriptedServer()
    application = web.Application(client_max_size=64 << 20)
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()


def answering(body: object, code: int = 200, **headers: str) -> Respond:
    """Always answer with JSON, or with text as it is."""

    async def respond(_: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, str):
            return web.Response(text=body, status=code, headers=named, content_type="text/html")
        return web.Response(body=msgspec.json.encode(body), status=code, headers=named, content_type="application/json")

    return respond


def in_turn(*responds: Respond) -> Respond:
    """Answer with each in turn, and with the last one ever after."""
    left = list(responds)

    async def respond(request: web.Request) -> web.StreamResponse:
        return await (left.pop(0) if len(left) > 1 else left[0])(request)

    return respond


def status(code: int, reason: str, message: str, **details: object) -> Respond:
    """Refuse as the API server does."""
    body: dict[str, object] = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code}
    body |= {"reason": reason, "message": message}
    return answering(body | {"details": details} if details else body, code)
