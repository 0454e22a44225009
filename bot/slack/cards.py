"""Delivers cards: posts a new one, edits one that stands, looks for one that may have been posted unheard."""

from contextlib import suppress

import msgspec

from bot.errors import UpstreamError
from bot.model.outgoing import Card, Message
from bot.model.plan import Json
from bot.ports import Clock
from bot.ports_slack import Delivery, Location, Outbox
from bot.slack.channels import Channels
from bot.slack.dialect import Dialect
from bot.slack.drawing import contents, metadata, version
from bot.slack.paced import PacedWeb
from bot.slack.places import Found, Places
from bot.slack.responding import respond
from bot.slack.response_urls import ResponseUrls
from bot.slack.web import Refused

GONE = frozenset({"message_not_found", "edit_window_closed", "cant_update_message", "cant_edit"})
"""Codes of chat.update after which the card is posted anew."""
OUT_OF_REACH = frozenset(
    {"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "user_not_in_channel"}
)
"""Codes that mean we cannot speak in the channel."""
MUTE = frozenset({"missing_scope", "token_revoked", "invalid_auth", "account_inactive", "not_authed"})
"""Codes that mean we can speak nowhere, until a person mends the app; a response_url needs no token."""
SILENCED = (
    "Slack does not let me write ({code}), so the answer waits. Whoever runs the bot can see why with `bot doctor`."
)
ASIDE = "I am not in this channel, so the answer is in your direct messages. To have it here: `/invite` me."
WITHHELD = Message(text="Another workspace reads this channel too, so what I have to say is not shown here.")
"""In place of any card, for a channel that was bound first and shared later."""


class Cards:
    """Delivers `Card`s."""

    def __init__(
        self,
        *,
        paced: PacedWeb,
        places: Places,
        urls: ResponseUrls,
        channels: Channels,
        outbox: Outbox,
        clock: Clock,
        dialect: Dialect,
    ) -> None:
        """Forget in *outbox* what is gone from Slack."""
        self._paced = paced
        self._places = places
        self._urls = urls
        self._channels = channels
        self._outbox = outbox
        self._clock = clock
        self._dialect = dialect

    async def deliver(self, delivery: Delivery, card: Card, *, unheard_at: float | None) -> Location:
        """Bring the card to its newest version, and say where it stands. Raises what PacedWeb.call raises.

        *unheard_at*: when an attempt that may have reached Slack had ended.
        """
        try:
            return await self._deliver(delivery, card, unheard_at)
        except Refused as refused:
            if refused.code in MUTE and not delivery.attempts:
                await self._tell_asker(card, SILENCED.format(code=refused.code))
            raise

    async def _deliver(self, delivery: Delivery, card: Card, unheard_at: float | None) -> Location:
        thread_ts = delivery.parent.ts if delivery.parent else card.thread_ts
        posted = delivery.posted
        stands_in = posted or delivery.parent
        if await self._channels.is_shared(stands_in.channel if stands_in else card.channel):
            card = msgspec.structs.replace(card, message=WITHHELD)
        if posted is None:
            channel = await self._channel(delivery, card)
            found = await self._find(card, channel, thread_ts, unheard_at)
            if found is None:
                return await self._post(card, channel, thread_ts, unheard_at)
            if found.version == version(card.message):
                return found.location
            posted = found.location
        try:
            await self._update(card, posted)
        except Refused as refused:
            if refused.code not in GONE | OUT_OF_REACH:
                raise
            await self._outbox.forget(card.key)
            return await self._post(card, await self._channel(delivery, card), thread_ts, unheard_at)
        return posted

    async def _find(self, card: Card, channel: str, thread_ts: str, unheard_at: float | None) -> Found | None:
        if unheard_at is None:
            return None
        return await self._places.find_card(card.key, channel, thread_ts, card.lane, unheard_at=unheard_at)

    async def _channel(self, delivery: Delivery, card: Card) -> str:
        """Where a new card goes: beside its parent, wherever that could be posted."""
        return delivery.parent.channel if delivery.parent else await self._places.channel(card.channel, card.lane)

    async def _update(self, card: Card, posted: Location) -> None:
        async def update(drawn: dict[str, Json]) -> dict[str, Json]:
            return await self._paced.call(
                "chat.update",
                self._paced.web.api.chat_update,
                lane=card.lane,
                channel=posted.channel,
                ts=posted.ts,
                metadata=metadata(card),
                **drawn,
            )

        await self._dialect.send(card.message, contents, update)

    async def _post(self, card: Card, channel: str, thread_ts: str, unheard_at: float | None) -> Location:
        try:
            return await self._post_drawn(card, channel, thread_ts)
        except Refused as refused:
            if refused.code == "thread_not_found" and thread_ts:
                return await self._post_drawn(card, channel, "")
            if refused.code not in OUT_OF_REACH:
                raise
            return await self._post_to_asker(card, refused, unheard_at)

    async def _post_drawn(self, card: Card, channel: str, thread_ts: str) -> Location:
        async def post(drawn: dict[str, Json]) -> dict[str, Json]:
            return await self._paced.call(
                "chat.postMessage",
                self._paced.web.api.chat_postMessage,
                lane=card.lane,
                channel=channel,
                thread_ts=thread_ts or None,
                metadata=metadata(card),
                unfurl_links=False,
                unfurl_media=False,
                **drawn,
            )

        answer = await self._dialect.send(card.message, contents, post)
        return Location(answer["channel"], answer["ts"])

    async def _post_to_asker(self, card: Card, refused: Refused, unheard_at: float | None) -> Location:
        """Where we may not speak in the channel: the card goes to the asker's direct messages, where it stays alive."""
        asker = self._urls.person(card.origin_key, self._clock.now())
        if not asker:
            raise refused
        direct = await self._places.channel(asker, card.lane)
        found = await self._find(card, direct, "", unheard_at)
        location = found.location if found else await self._post_drawn(card, direct, "")
        await self._tell_asker(card, ASIDE)
        return location

    async def _tell_asker(self, card: Card, sentence: str) -> None:
        """Say it beside what he did, where that is still possible; the card itself goes its own way."""
        if url := self._urls.spend(card.origin_key, self._clock.now()):
            with suppress(UpstreamError):
                await respond(self._paced.web.session, url, {"text": sentence})
