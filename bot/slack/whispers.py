"""Delivers whispers, which one person sees; Slack keeps none, so one may be said twice but is never lost."""

from bot.model.outgoing import Whisper
from bot.ports import Clock
from bot.slack.cards import OUT_OF_REACH, UNDRAWABLE
from bot.slack.drawing import plain_contents, whispered
from bot.slack.paced import PacedWeb
from bot.slack.places import Places
from bot.slack.responding import respond
from bot.slack.response_urls import ResponseUrls
from bot.slack.web import Refused

NOT_THERE = OUT_OF_REACH | {"thread_not_found", "messages_tab_disabled"}


class Whispers:
    """Delivers `Whisper`s."""

    def __init__(self, *, paced: PacedWeb, places: Places, urls: ResponseUrls, clock: Clock) -> None:
        """Answer through *urls* where we are not a member."""
        self._paced = paced
        self._places = places
        self._urls = urls
        self._clock = clock

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
                await respond(self._paced.web.session, url, whispered(whisper.message))
            except Refused:
                pass  # used up or too old: the direct message remains
            else:
                return
        await self._say_directly(whisper)

    async def _say_in_channel(self, whisper: Whisper) -> None:
        drawn = whispered(whisper.message)
        for attempt in (drawn, {"text": plain_contents(whisper.message)["text"]}):
            try:
                await self._paced.call(
                    "chat.postEphemeral",
                    self._paced.web.api.chat_postEphemeral,
                    lane=whisper.lane,
                    channel=whisper.channel,
                    user=whisper.user,
                    thread_ts=whisper.thread_ts or None,
                    **attempt,
                )
            except Refused as refused:
                if refused.code not in UNDRAWABLE or attempt is not drawn:
                    raise
            else:
                return

    async def _say_directly(self, whisper: Whisper) -> None:
        channel = await self._places.channel(whisper.user, whisper.lane)
        await self._paced.call(
            "chat.postMessage",
            self._paced.web.api.chat_postMessage,
            lane=whisper.lane,
            channel=channel,
            unfurl_links=False,
            unfurl_media=False,
            **whispered(whisper.message),
        )
