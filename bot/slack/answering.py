"""An envelope through the Bolt app to its ack, with the time it took."""

import asyncio
import json
import logging
from collections import deque

from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.health import AckLatency

SAMPLES = 1000

log = logging.getLogger(__name__)


class Answering:
    """What a connection calls for each envelope; never raises."""

    def __init__(self, app: AsyncApp) -> None:
        """Dispatch through *app*."""
        self._app = app
        self._took_s: deque[float] = deque(maxlen=SAMPLES)
        self._count = 0

    async def answer(self, request: SocketModeRequest) -> SocketModeResponse | None:
        """The ack of *request*; None when it is to stay without one, so that Slack brings it again."""
        started = asyncio.get_running_loop().time()
        try:
            bolt_request = AsyncBoltRequest(mode="socket_mode", body=request.payload, headers=build_headers(request))
            response = await self._app.async_dispatch(bolt_request)
        except Exception:  # outermost frame: an envelope of any shape must not end the socket
            log.exception("An envelope of type %s could not be handled.", request.type)
            return SocketModeResponse(envelope_id=request.envelope_id)
        finally:
            self._took_s.append(asyncio.get_running_loop().time() - started)
            self._count += 1
        if response.status != 200:
            return None
        return SocketModeResponse(
            envelope_id=request.envelope_id, payload=json.loads(response.body) if response.body else None
        )

    def latency(self) -> AckLatency:
        """Over the last thousand."""
        ordered = sorted(self._took_s)
        if not ordered:
            return AckLatency()
        return AckLatency(
            count=self._count,
            p50_ms=ordered[len(ordered) // 2] * 1000,
            p99_ms=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000,
        )
