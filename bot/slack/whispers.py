"""Delivers whispers, which one person sees; Slack keeps none, so one may be said twice but is never lost."""

from bot.model.outgoing import Whisper
from bot.model.plan import Json
from bot.ports import Clock
from bot.slack.cards import MUTE, OUT_OF_REACH
from bot.slack.dialect import Dialect
from bot.slack.drawing import whispered
from bot.slack.paced import PacedWeb
from bot.slack.places import Places
from bot.slack.responding import respond
from bot.slack.response_urls import ResponseUrls
from bot.slack.web import Refused

NOT_THERE = OUT_OF_REACH | MUTE | {"thread_not_found", "messages_tab_disabled"}
"""Codes after which another way to the person is tried."""


class Whispers:
    """Delivers `Whisper`s."""

    def __init__(self, *, paced: PacedWeb, places: Places, urls: ResponseUrls, clock: Clock, dialect: Dialect) -> None:
        """Answer through *urls* where we are not a member."""
        self._paced = paced
        self._places = places
        self._urls = urls
        self._clock = clock
        self._dialect = dialect

    async def deliver(self, whisper: Whisper) -> None:
        """Say it in the channel, else through the response_url, else in the person's direct messages."""
        if whisper.channel:
            try:
                await self._say_in_channel(whisper)
            except Refused as refused:
                if refused.code not in NOT_THERE:
                    raise
            else:
                return
        if url := self._urls.spend(whisper.origin_key, self._clock.now()):
            try:
                await respond(self._paced.web.session, url, whispered(self._dialect.fitting(whisper.message)))
            except Refused:
                pass  # used up or too old: the direct message remains
            else:
                return
        await self._say_directly(whisper)

    async def _say_in_channel(self, whisper: Whisper) -> None:
        async def say(drawn: dict[str, Json]) -> dict[str, Json]:
            return await self._paced.call(
                "chat.postEphemeral",
                self._paced.web.api.chat_postEphemeral,
                lane=whisper.lane,
                channel=whisper.channel,
                user=whisper.user,
                thread_ts=whisper.thread_ts or None,
                **drawn,
            )

        await self._dialect.send(whisper.message, whispered, say)

    async def _say_directly(self, whisper: Whisper) -> None:
        channel = await self._places.channel(whisper.user, whisper.lane)

        async def say(drawn: dict[str, Json]) -> dict[str, Json]:
            return await self._paced.call(
                "chat.postMessage",
                self._paced.web.api.chat_postMessage,
                lane=whisper.lane,
                channel=channel,
                unfurl_links=False,
                unfurl_media=False,
                **drawn,
            )

        await self._dialect.send(whisper.message, whispered, say)
