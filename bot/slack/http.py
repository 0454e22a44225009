"""Slack’s requests over HTTP in place of Socket Mode: signed lately by Slack or refused, then the same app.

Nothing of a stranger's request is parsed. One that Slack repeats (X-Slack-Retry-Num) carries the same keys, so the
inbox knows it.
"""

import asyncio
import logging
from http import HTTPStatus

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.ports import Clock
from bot.slack.ack_times import AckTimes
from bot.slack.settings import HttpSettings
from bot.slack.signature import is_from_slack

BODY_AT_MOST = 1 << 20
"""Slack's payloads stay far below a megabyte."""
ACK_S = 3.0
"""Slack waits no longer for an answer."""

log = logging.getLogger(__name__)


class HttpListener:
    """Hands Slack's requests to the app."""

    def __init__(self, app: AsyncApp, settings: HttpSettings, *, clock: Clock, times: AckTimes) -> None:
        """Listen to nothing before `run`."""
        self.is_listening = False
        self.refused = 0
        """Requests that Slack did not sign lately: strangers', or the signing secret is another app's."""
        self._app = app
        self._settings = settings
        self._clock = clock
        self._times = times

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
        try:
            async with asyncio.timeout(ACK_S):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=HTTPStatus.REQUEST_TIMEOUT)
        if not is_from_slack(body, request.headers, secret=self._settings.signing_secret, now=self._clock.now()):
            self.refused += 1
            log.info("A request that Slack did not sign within five minutes was refused.")
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        with self._times.measured():
            return await self._answer(request, body)

    async def _answer(self, request: web.Request, body: bytes) -> web.Response:
        try:
            bolt_request = AsyncBoltRequest(
                body=body.decode(), query=request.query_string, headers=dict(request.headers)
            )
        except ValueError:  # neither JSON nor a form, or not even text
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        return await to_aiohttp_response(await self._app.async_dispatch(bolt_request))
