"""Dialect: which blocks the workspace takes. Slack brings new kinds to one workspace after the other.

A message goes out in its newest form; refused, in blocks that every workspace has; refused again, as plain text. That a
workspace lacks the new kinds is remembered for a day, so that one message a day pays for the question.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from bot.model.outgoing import Message
from bot.model.plan import Json
from bot.ports import Clock
from bot.render.older import has_new_kinds, older
from bot.slack.drawing import plain_contents
from bot.slack.web import Refused

UNDRAWABLE = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "invalid_attachments", "msg_blocks_too_long", "msg_too_long"}
)
"""Codes after which a message goes out in a simpler form."""
REMEMBERED = timedelta(days=1)
"""For how long a workspace is taken to lack the new kinds: Slack brings them without a word."""

Arguments = dict[str, Json]
Send = Callable[[Arguments], Awaitable[dict[str, Json]]]

log = logging.getLogger(__name__)


class Dialect:
    """What one workspace takes; shared by all that send to it."""

    def __init__(self, clock: Clock) -> None:
        """Take the workspace for one that has everything."""
        self._clock = clock
        self._lacks_new_until: datetime | None = None

    async def send(self, message: Message, draw: Callable[[Message], Arguments], send: Send) -> dict[str, Json]:
        """Send *message*, drawn by *draw*, in the newest form that is taken. Raises what *send* raises of the last."""
        fitting = self.fitting(message)
        if not has_new_kinds(fitting.blocks):
            return await self._send_common(fitting, draw, send)
        try:
            return await send(draw(fitting))
        except Refused as refused:
            _raise_unless_undrawable(refused)
        answer = await self._send_common(_common(message), draw, send)
        self._lacks_new_until = self._clock.now() + REMEMBERED
        return answer

    def fitting(self, message: Message) -> Message:
        """*message* as far as the workspace is known to take it."""
        return _common(message) if self.lacks_new else message

    async def _send_common(self, message: Message, draw: Callable[[Message], Arguments], send: Send) -> dict[str, Json]:
        try:
            return await send(draw(message))
        except Refused as refused:
            _raise_unless_undrawable(refused)
        return await send(plain_contents(message))

    @property
    def lacks_new(self) -> bool:
        """Whether the workspace is known to lack new kinds."""
        return self._lacks_new_until is not None and self._clock.now() < self._lacks_new_until


def _common(message: Message) -> Message:
    return msgspec.structs.replace(message, blocks=older(message.blocks))


def _raise_unless_undrawable(refused: Refused) -> None:
    if refused.code not in UNDRAWABLE:
        raise refused
    log.warning("Slack refuses blocks (%s): %s", refused.code, "; ".join(refused.details))
