"""Slack’s requests over HTTP in place of Socket Mode: the same app; Bolt checks signature and age (5 min)."""

import asyncio

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.slack.settings import HttpSettings

BODY_AT_MOST = 1 << 20
"""Slack's payloads stay far below a megabyte."""
ACK_S = 3.0
"""Slack waits no longer for an answer."""


class HttpListener:
    """Hands Slack's requests to the app."""

    def __init__(self, app: AsyncApp, settings: HttpSettings) -> None:
        """Listen to nothing before `run`."""
        self.is_listening = False
        self._app = app
        self._settings = settings

    async def run(self) -> None:
        """Listen until cancelled; requests under way are answered first."""
        server = web.Application(client_max_size=BODY_AT_MOST)
        server.router.add_post(self._settings.path, self._receive)
        runner = web.AppRunner(server, access_log=None, shutdown_timeout=ACK_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._settings.host, self._settings.port).start()
            self.is_listening = True
            await asyncio.Event().wait()
        finally:
            self.is_listening = False
            await runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        response = await self._app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)
