"""The page's style and script: written in small parts, each joined into one file, compressed once."""

import gzip
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

_HERE = Path(__file__).parent
# Later parts rely on earlier ones: rules override, constants must be there before something runs.
_STYLE = ("base", "frame", "messages", "text", "controls", "composer", "dialogs", "panels", "narrow")
_SCRIPT = ("connection", "presses", "patches", "memory", "fields", "menus", "composer", "gestures", "keys", "start")


def _joined(folder: str, names: tuple[str, ...], kind: str) -> bytes:
    """Join the parts without indentation and comments, which are for readers of the source."""
    lines = (
        line.split(" // ")[0].strip()
        for name in names
        for line in (_HERE / folder / f"{name}.{kind}").read_text().splitlines()
    )
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*"))).encode()


ASSETS: Mapping[str, tuple[str, bytes]] = {
    "page.css": ("text/css", _joined("style", _STYLE, "css")),
    "page.js": ("text/javascript", _joined("script", _SCRIPT, "js")),
    "icon.svg": ("image/svg+xml", (_HERE / "icon.svg").read_bytes()),
}
"""By name: media type and content."""

VERSION = sha256(b"".join(content for _, content in ASSETS.values())).hexdigest()[:12]
"""Stands in the URLs of style and script, so that a browser may keep them for ever."""


def serve(name: str, headers: Mapping[str, str]) -> Handler:
    """Serve one asset, compressed, with *headers* beside those that let a browser keep it."""
    kind, content = ASSETS[name]
    packed = gzip.compress(content, 9)
    kept = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Encoding": "gzip"}

    async def asset(_request: web.Request) -> web.Response:
        return web.Response(body=packed, content_type=kind, charset="utf-8", headers={**headers, **kept})

    return asset
