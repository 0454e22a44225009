"""Intake: a payload becomes one durable inbox row; nothing is decided here.

An ack leaves in time whatever the database or Slack does: what has not ended by then goes on, and the person is told
that it has not.
"""

import asyncio
from collections import Counter
from datetime import datetime

import msgspec

from bot.errors import Unreachable
from bot.model.incoming import Click, Incoming
from bot.ports import Clock
from bot.ports_slack import Inbox
from bot.slack.convert import Payload
from bot.slack.opening import Modals
from bot.slack.overtime import Overtime, done_by, halfway
from bot.slack.patience import Patience
from bot.slack.response_urls import ResponseUrls

ACCEPT_S = 10.0
"""A database that was slow for a moment still takes the deed; who did it knows by then to try again."""


class NotTaken(Unreachable):
    """The inbox has not said that it took the deed in; it may do so yet, or have done so."""

    def __init__(self) -> None:
        """Say what is certain, and what to do."""
        super().__init__(
            "The bot’s database is slow or away. Nothing was changed so far. "
            "If nothing comes of this within a minute, try again."
        )


class Intake:
    """The way from a payload to the inbox."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        modals: Modals,
        urls: ResponseUrls,
        overtime: Overtime,
        patience: Patience,
        clock: Clock,
    ) -> None:
        """Take in through *inbox*, keep response_urls in *urls*."""
        self._inbox = inbox
        self._modals = modals
        self._urls = urls
        self._overtime = overtime
        self._patience = patience
        self.clock = clock
        self.counts: Counter[str] = Counter()

    def now(self) -> datetime:
        """When a payload came."""
        return self.clock.now()

    def listen(self, item: Incoming) -> None:
        """Count *item* before anything is done for it. Raises TooMany."""
        self._patience.spend(item.origin.user_id)

    async def take(self, item: Incoming, payload: Payload, *, by: float) -> None:
        """Count and store *item*. Raises NotTaken, TooMany."""
        self.listen(item)
        await self.store(item, payload, by=by)

    async def store(self, item: Incoming, payload: Payload, *, by: float) -> None:
        """Store what was listened to; return when the loop's clock shows *by* at the latest. Raises NotTaken."""
        origin = item.origin
        self._urls.keep(origin.key, payload.get("response_url", ""), user=origin.user_id, now=self.clock.now())
        taking = self._overtime.start(self._accept(item))
        if not await done_by(taking, by):
            self.counts["late"] += 1
            raise NotTaken
        try:
            taking.result()
        except (Unreachable, TimeoutError) as error:
            raise NotTaken from error

    async def _accept(self, item: Incoming) -> None:
        try:
            async with asyncio.timeout(ACCEPT_S):
                is_new = await self._inbox.accept(item)
        except (Unreachable, TimeoutError):
            self.counts["not_taken"] += 1
            raise
        self.counts["taken" if is_new else "repeated"] += 1

    async def take_with_modal(self, click: Click, payload: Payload, *, by: float) -> None:
        """The same for *click*, whose answer is to be seen in a modal. Raises NotTaken, TooMany."""
        self.listen(click)
        if click.view_id:
            modal = self._modals.around(click.view_id, payload)
        else:
            modal = self._modals.open(click.origin.key, payload)
            await done_by(modal.shown, halfway(by))
        try:
            await self.store(msgspec.structs.replace(click, view_id=modal.view_id), payload, by=by)
        except NotTaken as error:
            self._overtime.start(self._modals.say(modal, str(error)))
            raise
