"""Opens the modal of a click at once, as a trigger lives for 3 s only; neither the ack nor the deed waits for Slack."""

import asyncio
from dataclasses import dataclass
from functools import partial

from bot.errors import UpstreamError
from bot.model.plan import Json
from bot.slack.afterwards import Afterwards, Errand
from bot.slack.convert import Payload
from bot.slack.overtime import Overtime
from bot.slack.placeholder import PLACEHOLDER, TRIGGER_LIVES_S, addressed, modal_for, modal_saying, once_open
from bot.slack.responding import respond
from bot.slack.web import Refused, Web

OPEN_ALREADY = frozenset({"duplicate_external_id", "exchanged_trigger_id"})
"""The same click was delivered before."""
NOT_OPEN = "Slack has opened no window yet. Nothing was done. If none appears, press it again."


@dataclass(frozen=True)
class Opening:
    """A modal on its way."""

    view_id: str
    opened: asyncio.Task[bool]
    """Whether Slack said that it is open."""


class Modals:
    """Opens modals, and says in them what cannot wait for the engine."""

    def __init__(self, *, web: Web, overtime: Overtime, afterwards: Afterwards) -> None:
        """Open in *overtime*; tell *afterwards* of those that did not open."""
        self._web = web
        self._overtime = overtime
        self._afterwards = afterwards

    def open(self, key: str, payload: Payload) -> Opening:
        """Begin to open the modal of the deed *key*, with nothing in it yet; the person is told when that fails."""
        view_id = modal_for(key)
        arguments = {"trigger_id": payload["trigger_id"], "view": {**PLACEHOLDER, "external_id": view_id}}
        return Opening(view_id, self._overtime.start(self._open(arguments, self._telling(payload))))

    async def _open(self, arguments: dict[str, Json], tell: Errand) -> bool:
        try:
            async with asyncio.timeout(TRIGGER_LIVES_S):
                await self._web.call(self._web.api.views_open, **arguments)
        except (UpstreamError, TimeoutError) as error:
            if isinstance(error, Refused) and error.code in OPEN_ALREADY:
                return True
            self._afterwards.add(tell)
            return False
        return True

    def _telling(self, payload: Payload) -> Errand:
        """Beside the button where that goes, else directly."""
        if url := payload.get("response_url"):
            return partial(respond, self._web.session, url, {"text": NOT_OPEN})
        person = payload["user"]["id"]
        return partial(self._web.call, self._web.api.chat_postMessage, channel=person, text=NOT_OPEN)

    async def say(self, view_id: str, sentence: str) -> None:
        """Put a sentence in place of what the modal shows. Raises UpstreamError."""
        arguments = addressed(view_id, modal_saying(sentence))
        await once_open(view_id, partial(self._web.call, self._web.api.views_update, **arguments))
