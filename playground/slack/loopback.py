"""Only a browser or a program on this very machine may talk to the practice Slack (DNS rebinding, foreign pages)."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


@web.middleware
async def loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a foreign Host or Origin before anything else is read."""
    if not _is_loopback(f"//{request.host}"):
        raise web.HTTPForbidden(text="This server answers only to loopback names.")
    origin = request.headers.get("Origin")
    if origin is not None and (urlsplit(origin).netloc != request.host or not _is_loopback(origin)):
        raise web.HTTPForbidden(text="This server answers only to its own pages.")
    return await handler(request)


def _is_loopback(address: str) -> bool:
    try:
        return urlsplit(address).hostname in _NAMES
    except ValueError:
        return False
