"""Slack’s requests over HTTP in place of Socket Mode: the same app; Bolt checks signature and age (5 min)."""

import asyncio

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.slack.settings import HttpSettings

BODY_AT_MOST = 1 << 20
"""Slack's payloads stay far below a megabyte."""


def build_server(app: AsyncApp, path: str) -> web.Application:
    """The aiohttp application that hands requests to *app*."""

    async def receive(request: web.Request) -> web.Response:
        response = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)

    server = web.Application(client_max_size=BODY_AT_MOST)
    server.router.add_post(path, receive)
    return server


async def serve(app: AsyncApp, settings: HttpSettings) -> None:
    """Listen until cancelled."""
    runner = web.AppRunner(build_server(app, settings.path))
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
