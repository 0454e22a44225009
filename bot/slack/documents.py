"""Delivers documents as files (upload v2): nothing is seen before the last of its three calls."""

import logging
from collections import OrderedDict

import aiohttp

from bot.errors import Unreachable
from bot.model.outgoing import Document
from bot.ports_slack import Delivery
from bot.slack.channels import Channels
from bot.slack.paced import PacedWeb
from bot.slack.places import Places
from bot.slack.web import Refused

REMEMBERED_UPLOADS = 1000
"""Far more than are under way; whoever comes after so many others was given up."""

log = logging.getLogger(__name__)


class Documents:
    """Delivers `Document`s."""

    def __init__(self, *, paced: PacedWeb, places: Places, channels: Channels) -> None:
        """Have uploaded nothing yet."""
        self._paced = paced
        self._places = places
        self._channels = channels
        self._completing: OrderedDict[str, str] = OrderedDict()
        """Key → file whose completion was asked for and not confirmed; lost with the process."""

    async def deliver(self, delivery: Delivery, document: Document) -> None:
        """Upload, then share; nothing for a channel that another workspace reads. Raises what PacedWeb.call raises.

        Where the scope for files was taken away, nothing is kept for the day it comes back: the card says enough.
        """
        try:
            await self._deliver(delivery, document)
        except Refused as refused:
            if refused.code != "missing_scope":
                raise
            log.error("%s is left out: the app lacks the scope files:write.", document.key)

    async def _deliver(self, delivery: Delivery, document: Document) -> None:
        thread_ts = delivery.parent.ts if delivery.parent and document.parent else document.thread_ts
        where = delivery.parent.channel if delivery.parent else document.channel
        if await self._channels.is_shared(where):
            return
        channel = await self._places.channel(where, document.lane)
        file_id = self._completing.get(document.key)
        if file_id and await self._places.has_file(file_id, channel, thread_ts, document.lane):
            return
        if not file_id:
            file_id = await self._upload(document)
        self._remember(document.key, file_id)
        await self._paced.call(
            "files.completeUploadExternal",
            self._paced.web.api.files_completeUploadExternal,
            lane=document.lane,
            files=[{"id": file_id, "title": document.title or document.name}],
            channel_id=channel,
            thread_ts=thread_ts or None,
        )
        self._completing.pop(document.key, None)

    async def _upload(self, document: Document) -> str:
        ticket = await self._paced.call(
            "files.getUploadURLExternal",
            self._paced.web.api.files_getUploadURLExternal,
            lane=document.lane,
            filename=document.name,
            length=len(document.content),
            alt_txt=document.alt_text or None,
        )
        try:
            async with self._paced.web.session.post(ticket["upload_url"], data=document.content) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable("Slack gave no answer to the upload.") from error
        if status != 200:
            raise Unreachable(f"Slack answered the upload with HTTP {status}.")
        return str(ticket["file_id"])

    def _remember(self, key: str, file_id: str) -> None:
        self._completing[key] = file_id
        while len(self._completing) > REMEMBERED_UPLOADS:
            self._completing.popitem(last=False)
