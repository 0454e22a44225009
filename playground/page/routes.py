"""The page's routes: the document, the live connection, style and script, uploads."""

from aiohttp import web

from playground.page.assets import ASSETS, serve
from playground.page.backstage import Backstage
from playground.page.document import draw_document, draw_side_by_side
from playground.page.guide import Guide
from playground.page.live import Pane
from playground.page.page import Page
from playground.page.place import Place, read_place
from playground.page.practice import Practice

GUIDE: web.AppKey[Guide] = web.AppKey("guide", Guide)
"""Where a demo finds the page's guide, to hand in stories, faults and completion."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

# A browser draws these and runs none of them; SVG can carry script.
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def mount(app: web.Application, slack: Practice) -> None:
    """Add the page to *app*, which lets in only loopback names and its own pages; it is served at `/`."""
    page = Page(slack, Backstage(slack))
    app[GUIDE] = page.guide

    async def document(request: web.Request) -> web.Response:
        theme = request.cookies.get("theme", "")
        theme = theme if theme in ("dark", "light") else ""
        since = f"{slack.workspace.clock.now():.6f}"
        place = page.settle(read_place(request.query, since=since))
        if "with" in request.query:
            other = page.settle(Place(person=request.query["with"], channel=place.channel, pane="2"))
            left = Place(person=place.person, channel=place.channel, pane="1")
            return _html(draw_side_by_side(left, other, theme=theme))
        page.read(place)
        return _html(draw_document(page.desk(place), page.regions(place), theme=theme))

    async def live(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20, compress=False, max_msg_size=1 << 20)
        await socket.prepare(request)
        await Pane(page, socket, page.settle(read_place(request.query, since=request.query.get("since", "")))).run()
        return socket

    async def download(request: web.Request) -> web.Response:
        """Show a picture, hand out anything else: what somebody uploaded never runs as a page of this origin."""
        file = slack.workspace.files.get(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound(text="This file is gone.")
        shown = file.mimetype in _SHOWN
        headers = {**_HEADERS, "Content-Disposition": "inline" if shown else "attachment"}
        kind = file.mimetype if shown else "application/octet-stream"
        return web.Response(body=file.content, content_type=kind, headers=headers)

    async def upload(request: web.Request) -> web.Response:
        """Keep a file for a file_input, or with a channel share it there."""
        query, content = request.query, await request.read()
        name = query.get("name", "file")
        place = page.settle(read_place(query, since=""))
        if "c" not in query:
            return web.json_response({"id": slack.people.store_file(place.person, name, content).id})
        outcome = await slack.people.upload(place.person, place.channel, name, content, thread_ts=place.thread or None)
        return web.json_response({"failure": outcome.failure})

    app.router.add_get("/", document)
    app.router.add_get("/_page/live", live)
    app.router.add_get("/_page/files/{file}/{name}", download)
    app.router.add_post("/_page/files", upload)
    for name in ASSETS:
        app.router.add_get(f"/_page/{name}", serve(name, _HEADERS))


def _html(drawn: str) -> web.Response:
    return web.Response(text=drawn, content_type="text/html", headers={**_HEADERS, "Cache-Control": "no-store"})
