"""Delivers documents as files (upload v2): nothing is seen before the last of its three calls.

The file's id is on record before that call, so whoever goes on after a crash asks Slack whether it is shared.
"""

import aiohttp

from bot.errors import Unreachable
from bot.model.outgoing import Card, Document, Message
from bot.ports_slack import Delivery, Outbox
from bot.render.escape import mrkdwn
from bot.slack.channels import Channels
from bot.slack.drawing import contents, metadata
from bot.slack.paced import PacedWeb
from bot.slack.places import NO_FILE, Places
from bot.slack.web import Refused

SCOPE = "files:write"
"""For everything but asking whether a file is shared."""


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

        Where the scope for files was taken away, a line says so in its place: kept for the day it comes back, the file
        would hold up all that follows it in its thread.
        """
        try:
            await self._deliver(delivery, document)
        except Refused as refused:
            if not refused.lacks(SCOPE):
                raise
            await self._say_left_out(delivery, document)

    async def _say_left_out(self, delivery: Delivery, document: Document) -> None:
        """A picture says what its card says; the words of any other file are nowhere else."""
        if document.alt_text:
            return
        where, thread_ts = _place(delivery, document)
        card = Card(document.key, await self._places.channel(where, document.lane), left_out(document), document.lane)
        await self._paced.call(
            "chat.postMessage",
            self._paced.web.api.chat_postMessage,
            lane=card.lane,
            channel=card.channel,
            thread_ts=thread_ts or None,
            metadata=metadata(card),
            **contents(card.message),
        )

    async def _deliver(self, delivery: Delivery, document: Document) -> None:
        where, thread_ts = _place(delivery, document)
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


def _place(delivery: Delivery, document: Document) -> tuple[str, str]:
    """Channel and thread."""
    where = delivery.parent.channel if delivery.parent else document.channel
    return where, delivery.parent.ts if delivery.parent and document.parent else document.thread_ts


def left_out(document: Document) -> Message:
    """What stands where a file should."""
    name = mrkdwn(document.name)
    return Message(
        f"`{name}` is left out: the app may not share files. With the scope `{SCOPE}` it may; ask again then."
    )
