"""Opens the modal of a click at once, as a trigger lives for 3 s only; neither the ack nor the deed waits for Slack."""

import asyncio
from dataclasses import dataclass
from functools import partial

from bot.errors import UpstreamError
from bot.model.plan import Json
from bot.slack.afterwards import Afterwards, Errand
from bot.slack.convert import Payload
from bot.slack.overtime import Overtime
from bot.slack.placeholder import PLACEHOLDER, TRIGGER_LIVES_S, addressed, modal_for, modal_saying
from bot.slack.responding import respond
from bot.slack.web import Refused, Web

OPEN_ALREADY = frozenset({"duplicate_external_id", "exchanged_trigger_id"})
"""The same click was delivered before."""
DRAWN_SINCE = "hash_conflict"
"""What the modal shows is no longer what it showed."""
NOT_OPEN = "Slack has opened no window yet. Nothing was done. If none appears, press it again."


@dataclass(frozen=True)
class Opening:
    """A modal that is open, or on its way."""

    view_id: str
    shown: asyncio.Future[str]
    """Slack's hash of what it shows, once it is open; empty when this deed has opened none."""


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

    def around(self, view_id: str, payload: Payload) -> Opening:
        """The open modal in which something was pressed."""
        shown: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        shown.set_result(payload["view"]["hash"])
        return Opening(view_id, shown)

    async def _open(self, arguments: dict[str, Json], tell: Errand) -> str:
        try:
            async with asyncio.timeout(TRIGGER_LIVES_S):
                opened = await self._web.call(self._web.api.views_open, **arguments)
        except (UpstreamError, TimeoutError) as error:
            if not (isinstance(error, Refused) and error.code in OPEN_ALREADY):
                self._afterwards.add(tell)
            return ""
        return str(opened["view"]["hash"])

    def _telling(self, payload: Payload) -> Errand:
        """Beside the button where that goes, else directly."""
        if url := payload.get("response_url"):
            return partial(respond, self._web.session, url, {"text": NOT_OPEN})
        person = payload["user"]["id"]
        return partial(self._web.call, self._web.api.chat_postMessage, channel=person, text=NOT_OPEN)

    async def say(self, opening: Opening, sentence: str) -> None:
        """Put a sentence in place of what the modal showed; what was drawn since then stays. Raises UpstreamError."""
        if not (shown := await opening.shown):
            return
        arguments = addressed(opening.view_id, modal_saying(sentence))
        try:
            await self._web.call(self._web.api.views_update, hash=shown, **arguments)
        except Refused as refused:
            if refused.code != DRAWN_SINCE:
                raise
