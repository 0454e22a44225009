"""Channels: whether one is shared with another workspace; remembered for ten minutes."""

import asyncio
from datetime import datetime, timedelta

from bot.errors import UpstreamError
from bot.ports import Clock
from bot.slack.questions import Questions
from bot.slack.web import Refused, Web

REMEMBERED = timedelta(minutes=10)
"""Sharing a channel takes people longer; what matters more than reading asks anew."""
ASKING_S = 0.5
"""The ack waits for this question, and Slack waits 3 s for the ack."""
DIRECT = ("D", "U", "W")
"""How ids begin of a direct message, and of the person whose it is."""


class Channels:
    """What is known of channels; fails closed: a channel of which Slack does not tell counts as shared."""

    def __init__(self, web: Web, clock: Clock, questions: Questions) -> None:
        """Know nothing yet."""
        self._api = web.api
        self._questions = questions
        self._clock = clock
        self._external: dict[str, tuple[bool, datetime]] = {}

    async def is_external(self, channel: str) -> bool:
        """Whether people of other workspaces are in *channel*."""
        if not channel or channel.startswith(DIRECT):
            return False
        known = self._external.get(channel)
        if known and known[1] > self._clock.now():
            return known[0]
        try:
            async with asyncio.timeout(ASKING_S):
                external = await self._ask(channel)
        except (UpstreamError, TimeoutError):
            return known[0] if known else True
        self._external[channel] = (external, self._clock.now() + REMEMBERED)
        return external

    async def is_shared(self, channel: str, *, fresh: bool = False) -> bool:
        """As `is_external`, for what can wait for Slack's answer. Raises Unreachable, Throttled, Refused."""
        if channel.startswith(DIRECT):
            return False
        known = self._external.get(channel)
        if fresh or known is None or known[1] <= self._clock.now():
            known = self._external[channel] = (await self._ask(channel), self._clock.now() + REMEMBERED)
        return known[0]

    async def _ask(self, channel: str) -> bool:
        try:
            answer = (await self._questions.ask(self._api.conversations_info, channel=channel))["channel"]
        except Refused as refused:
            if refused.code == "channel_not_found":
                # A private channel or conversation without us: we cannot speak there, and the person is checked anyway.
                return False
            raise
        return any(answer.get(flag) for flag in ("is_ext_shared", "is_pending_ext_shared"))
