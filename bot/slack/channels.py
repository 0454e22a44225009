"""Channels: whether one is shared with another workspace; remembered for ten minutes."""

from datetime import datetime, timedelta

from bot.ports import Clock
from bot.slack.questions import Questions
from bot.slack.web import Refused, Web

REMEMBERED = timedelta(minutes=10)
"""Sharing a channel takes people longer; what matters more than reading asks anew."""
DIRECT = ("D", "U", "W")
"""How ids begin of a direct message, and of the person whose it is."""


class Channels:
    """What is known of channels; where Slack does not tell, it is not guessed."""

    def __init__(self, web: Web, clock: Clock, questions: Questions) -> None:
        """Know nothing yet."""
        self._api = web.api
        self._questions = questions
        self._clock = clock
        self._shared: dict[str, tuple[bool, datetime]] = {}

    async def is_shared(self, channel: str, *, fresh: bool = False) -> bool:
        """Whether people of other workspaces are in *channel*. Raises Unreachable, Throttled, Refused."""
        if not channel or channel.startswith(DIRECT):
            return False
        known = self._shared.get(channel)
        if fresh or known is None or known[1] <= self._clock.now():
            known = self._shared[channel] = (await self._ask(channel), self._clock.now() + REMEMBERED)
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
