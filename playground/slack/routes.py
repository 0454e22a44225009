"""The addresses of Slack itself: Web API, sockets, response URLs, uploads and files."""

import json
from urllib.parse import urlencode

from aiohttp import hdrs, web

from playground.slack.api.call import Args, Backstage, Call
from playground.slack.api.endpoint import Endpoint, bearer
from playground.slack.api.files import received
from playground.slack.api_error import ApiError
from playground.slack.envelopes import SocketMode
from playground.slack.installation import TokenKind
from playground.slack.response_urls import ResponseUrls
from playground.slack.values import Json


def add_routes(
    app: web.Application, *, endpoint: Endpoint, sockets: SocketMode, response_urls: ResponseUrls, on: Backstage
) -> None:
    async def respond(request: web.Request) -> web.Response:
        """Take an answer to a response_url."""
        try:
            response_urls.respond(request.match_info["token"], _structured(await request.text()))
        except ApiError as error:
            status = 404 if error.code.endswith("_url") else 200
            return web.json_response({"ok": False, "error": error.code, **error.details}, status=status)
        return web.Response(text="ok")

    async def upload(request: web.Request) -> web.Response:
        """Take the bytes of a file, raw or as a form."""
        content = await request.read()
        if request.content_type == "multipart/form-data":
            content = await _first_part(request)
        try:
            received(Call(on, Args({})), request.match_info["file"], content)
        except ApiError as error:
            return web.Response(status=404, text=error.code)
        return web.Response(text=f"OK - {len(content)}")

    async def download(request: web.Request) -> web.Response:
        """Hand out a file to the app: url_private wants the bot's token, as at Slack."""
        if on.app.token_kind(bearer(request)) is not TokenKind.BOT:
            raise web.HTTPForbidden(text="This file is for the app: send the bot token as bearer.")
        file = on.workspace.files.get(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound(text="There is no such file.")
        headers = {hdrs.CONTENT_DISPOSITION: "attachment", hdrs.X_CONTENT_TYPE_OPTIONS: "nosniff"}
        return web.Response(body=file.content, content_type=file.mimetype, headers=headers)

    async def permalink(request: web.Request) -> web.Response:
        """Lead a permalink to the page's conversation, or to the thread in which the message stands."""
        channel, digits = request.match_info["channel"], request.match_info["digits"]
        message = on.workspace.message(channel, f"{digits[:-6]}.{digits[-6:]}")
        thread = {"t": message.thread_ts} if message is not None and message.thread_ts else {}
        raise web.HTTPFound(f"/?{urlencode({'c': channel, **thread})}")

    app.add_routes(
        [
            web.route("*", "/api/{method}", endpoint.handle),
            web.get("/link/", sockets.handle),
            web.get("/archives/{channel}/p{digits:\\d+}", permalink),
            web.post("/response/{token}", respond),
            web.post("/upload/v1/{file}", upload),
            web.get("/files/{file}/{name}", download),
        ]
    )


def _structured(text: str) -> Json:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise ApiError("invalid_payload") from error
    if not isinstance(body, dict):
        raise ApiError("invalid_payload")
    return body


async def _first_part(request: web.Request) -> bytes:
    form = await request.post()
    part = next(iter(form.values()), b"")
    return part.file.read() if isinstance(part, web.FileField) else str(part).encode()
