"""The listeners: each converts its payload, has it taken in, and acks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.errors import BotError
from bot.model.plan import Json
from bot.model.suggestion import Option, Search
from bot.slack import convert
from bot.slack.convert import Payload
from bot.slack.features import Features
from bot.slack.fields import errors_under_blocks
from bot.slack.identity import Identity
from bot.slack.intake import Intake
from bot.slack.overtime import halfway
from bot.slack.typeahead import Typeahead

OPTIONS_AT_MOST = 100
OPTION_CHARACTERS = 75
"""Slack's limits for one select."""

log = logging.getLogger(__name__)

Ack = Callable[..., Awaitable[Any]]


class Handlers:
    """One method per kind of payload; failures go to the app's error handler."""

    def __init__(
        self, *, us: Identity, intake: Intake, features: Features, modal_actions: frozenset[str], ack_within_s: float
    ) -> None:
        """Serve the installation *us*."""
        self._us = us
        self._intake = intake
        self._features = features
        self._modal_actions = modal_actions
        self._ack_within_s = ack_within_s
        self._typeahead = Typeahead(features.suggest, intake.clock)

    async def command(self, body: Payload, ack: Ack) -> None:
        """A slash command; the ack is empty, so that it leaves no noise."""
        by = self._by()
        await self._intake.take(convert.command(body, self._us, self._intake.now()), body, by=by)
        await ack()

    async def action(self, body: Payload, ack: Ack) -> None:
        """A click on a message, in a modal or in the App Home."""
        by = self._by()
        click = convert.click(body, self._us, self._intake.now())
        if click.action in self._modal_actions:
            await self._intake.take_with_modal(click, body, by=by)
        else:
            await self._intake.take(click, body, by=by)
        await ack()

    async def shortcut(self, body: Payload, ack: Ack) -> None:
        """A global or message shortcut: opens a modal always."""
        click = convert.shortcut(body, self._us, self._intake.now())
        await self._intake.take_with_modal(click, body, by=self._by())
        await ack()

    async def submission(self, body: Payload, ack: Ack) -> None:
        """A submitted modal: errors under its fields, or taken in and closed; the engine checks it again anyway."""
        by = self._by()
        submission = convert.submission(body, self._us, self._intake.now())
        self._intake.listen(submission)
        errors: dict[str, str] = {}
        try:
            async with asyncio.timeout_at(halfway(by)):
                errors = dict(await self._features.validate(submission))
        except TimeoutError:
            log.warning("Checking %s took too long for its ack; the engine will.", submission.callback)
        if errors:
            await ack(response_action="errors", errors=errors_under_blocks(body["view"], errors))
            return
        await self._intake.store(submission, body, by=by)
        await ack()

    async def closed(self, ack: Ack) -> None:
        """A modal was closed: nothing to do."""
        await ack()

    async def options(self, body: Payload, ack: Ack) -> None:
        """A person types into a select: an empty list rather than a late one."""
        found: list[Option] = []
        try:
            async with asyncio.timeout_at(self._by()):
                found = list(await self._typeahead.options(self._search(body)))
        except (BotError, TimeoutError) as error:
            log.info("No suggestions for %s: %s", body.get("action_id"), error)
        await ack(options=[_option(option) for option in found[:OPTIONS_AT_MOST]])

    async def message(self, body: Payload, ack: Ack) -> None:
        """A mention or a direct message."""
        by = self._by()
        if command := convert.message(body, self._us, self._intake.now()):
            await self._intake.take(command, body, by=by)
        await ack()

    async def home(self, body: Payload, ack: Ack) -> None:
        """A person looks at the App Home."""
        if opened := convert.home_opened(body, self._us, self._intake.now()):
            await self._intake.take(opened, body, by=self._by())
        await ack()

    def _by(self) -> float:
        """When an ack must have left, on the loop's clock."""
        return asyncio.get_running_loop().time() + self._ack_within_s

    def _search(self, body: Payload) -> Search:
        return Search(
            team_id=body["user"].get("team_id") or body["team"]["id"],
            user_id=body["user"]["id"],
            channel=convert.channel_of(body),
            name=convert.first_part(body["action_id"]),
            query=body.get("value", ""),
            value=(body.get("view") or {}).get("private_metadata", ""),
        )


def _option(option: Option) -> dict[str, Json]:
    return {
        "text": _plain(option.label),
        **({"description": _plain(option.about)} if option.about else {}),
        "value": option.value,
    }


def _plain(text: str) -> dict[str, Json]:
    return {"type": "plain_text", "text": text[:OPTION_CHARACTERS] or "–", "emoji": False}
