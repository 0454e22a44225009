"""An envelope through the Bolt app to its ack, with the time it took."""

import json
import logging

from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.ack_times import AckTimes

log = logging.getLogger(__name__)


class Answering:
    """What a connection calls for each envelope; never raises."""

    def __init__(self, app: AsyncApp, times: AckTimes) -> None:
        """Dispatch through *app*, measured by *times*."""
        self._app = app
        self._times = times

    async def answer(self, request: SocketModeRequest) -> SocketModeResponse | None:
        """The ack of *request*; None when it is to stay without one, so that Slack brings it again."""
        try:
            with self._times.measured():
                bolt_request = AsyncBoltRequest(
                    mode="socket_mode", body=request.payload, headers=build_headers(request)
                )
                response = await self._app.async_dispatch(bolt_request)
        except Exception:  # outermost frame: an envelope of any shape must not end the socket
            log.exception("An envelope of type %s could not be handled.", request.type)
            return SocketModeResponse(envelope_id=request.envelope_id)
        if response.status != 200:
            return None
        return SocketModeResponse(
            envelope_id=request.envelope_id, payload=json.loads(response.body) if response.body else None
        )
