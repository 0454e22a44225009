"""Intake: a payload becomes one durable inbox row; nothing is decided here.

Each step is bounded, so that the ack leaves well within Slack's 3 s whatever the database or Slack does.
"""

import asyncio
from collections import Counter
from datetime import datetime
from functools import partial

import msgspec

from bot.errors import Unreachable, UpstreamError
from bot.model.incoming import Click, Incoming
from bot.ports import Clock
from bot.ports_slack import Inbox
from bot.slack.afterwards import Afterwards
from bot.slack.convert import Payload
from bot.slack.patience import Patience
from bot.slack.placeholder import PLACEHOLDER, modal_saying
from bot.slack.response_urls import ResponseUrls
from bot.slack.web import Web

ACCEPT_S = 1.5
"""A deed is on record before its ack: a database that is slow for a moment still takes it, one that hangs is told."""
OPEN_VIEW_S = 0.9
"""With ACCEPT_S 2.4 s at the very worst."""


class NotTaken(Unreachable):
    """The inbox did not say that it took the deed in; one that only was too slow may have."""

    def __init__(self) -> None:
        """Say what is certain, and what to do."""
        super().__init__(
            "The bot’s database does not answer. Nothing was changed. "
            "If nothing comes of this within a minute, try again."
        )


class Intake:
    """The way from a payload to the inbox."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        web: Web,
        urls: ResponseUrls,
        afterwards: Afterwards,
        patience: Patience,
        clock: Clock,
    ) -> None:
        """Take in through *inbox*, keep response_urls in *urls*."""
        self._inbox = inbox
        self._web = web
        self._urls = urls
        self._afterwards = afterwards
        self._patience = patience
        self.clock = clock
        self.counts: Counter[str] = Counter()

    def now(self) -> datetime:
        """When a payload came."""
        return self.clock.now()

    async def take(self, item: Incoming, payload: Payload) -> None:
        """Store *item*. Raises NotTaken, TooMany."""
        self._patience.spend(item.origin.user_id)
        await self._store(item, payload)

    async def _store(self, item: Incoming, payload: Payload) -> None:
        origin = item.origin
        self._urls.keep(origin.key, payload.get("response_url", ""), user=origin.user_id, now=self.clock.now())
        try:
            async with asyncio.timeout(ACCEPT_S):
                is_new = await self._inbox.accept(item)
        except (Unreachable, TimeoutError) as error:
            self.counts["not_taken"] += 1
            raise NotTaken from error
        self.counts["taken" if is_new else "repeated"] += 1

    async def take_with_modal(self, click: Click, payload: Payload) -> None:
        """Open a placeholder modal, then store *click* with its id, if Slack opened one. Raises NotTaken, TooMany."""
        self._patience.spend(click.origin.user_id)
        view_id = click.view_id or await self._open_placeholder(payload["trigger_id"])
        try:
            await self._store(msgspec.structs.replace(click, view_id=view_id), payload)
        except NotTaken as error:
            if view_id:
                saying = partial(
                    self._web.call, self._web.api.views_update, view_id=view_id, view=modal_saying(str(error))
                )
                self._afterwards.add(saying)
            raise

    async def _open_placeholder(self, trigger_id: str) -> str:
        try:
            async with asyncio.timeout(OPEN_VIEW_S):
                opened = await self._web.call(self._web.api.views_open, trigger_id=trigger_id, view=PLACEHOLDER)
        except (UpstreamError, TimeoutError):
            return ""
        return str(opened["view"]["id"])
