"""Delivers documents as files (upload v2): nothing is seen before the last of its three calls.

The file's id is on record before that call, so whoever goes on after a crash asks Slack whether it is shared.
"""

import logging

import aiohttp

from bot.errors import Unreachable
from bot.model.outgoing import Document
from bot.ports_slack import Delivery, Outbox
from bot.slack.channels import Channels
from bot.slack.paced import PacedWeb
from bot.slack.places import NO_FILE, Places
from bot.slack.web import Refused

log = logging.getLogger(__name__)


class Documents:
    """Delivers `Document`s."""

    def __init__(self, *, paced: PacedWeb, places: Places, channels: Channels, outbox: Outbox) -> None:
        """Put uploads on record in *outbox*."""
        self._paced = paced
        self._places = places
        self._channels = channels
        self._outbox = outbox

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
        if delivery.upload and await self._places.is_shared(delivery.upload, document.lane):
            return
        try:
            await self._share(
                document, delivery.upload or await self._announced(delivery, document), channel, thread_ts
            )
        except Refused as refused:
            if not delivery.upload or refused.code not in NO_FILE:
                raise
            # Slack keeps bytes that nobody shares for a while only.
            await self._share(document, await self._announced(delivery, document), channel, thread_ts)

    async def _announced(self, delivery: Delivery, document: Document) -> str:
        """Upload; the file is on record before anybody can see it."""
        file_id = await self._upload(document)
        await self._outbox.uploaded(delivery, file_id)
        return file_id

    async def _share(self, document: Document, file_id: str, channel: str, thread_ts: str) -> None:
        await self._paced.call(
            "files.completeUploadExternal",
            self._paced.web.api.files_completeUploadExternal,
            lane=document.lane,
            files=[{"id": file_id, "title": document.title or document.name}],
            channel_id=channel,
            thread_ts=thread_ts or None,
        )

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
