"""Delivers the emoji that say how far a person's message is looked after."""

import logging

from bot.model.outgoing import Reaction
from bot.model.plan import Json
from bot.slack.channels import Channels
from bot.slack.paced import PacedWeb
from bot.slack.web import Call, Refused

SCOPE = "reactions:write"
THERE = frozenset({"already_reacted", "no_reaction"})
"""It is so already."""
NOT_HERE = frozenset(
    {"message_not_found", "channel_not_found", "not_in_channel", "is_archived", "not_reactable", "too_many_reactions"}
)
"""Nothing to put it on; the answer itself says what came of it."""

log = logging.getLogger(__name__)


class Reactions:
    """Delivers `Reaction`s; the answer never waits for them."""

    def __init__(self, *, paced: PacedWeb, channels: Channels) -> None:
        """React through *paced*."""
        self._paced = paced
        self._channels = channels

    async def deliver(self, reaction: Reaction) -> None:
        """Put the new one there before the old one goes; nothing in a channel that another workspace reads.

        Raises what PacedWeb.call raises, refusals aside.
        """
        if await self._channels.is_shared(reaction.channel):
            return
        api = self._paced.web.api
        await self._call("reactions.add", api.reactions_add, reaction, reaction.name)
        if reaction.instead_of:
            await self._call("reactions.remove", api.reactions_remove, reaction, reaction.instead_of)

    async def _call(self, method: str, call: Call, reaction: Reaction, emoji: str) -> None:
        where: dict[str, Json] = {"channel": reaction.channel, "timestamp": reaction.ts}
        try:
            await self._paced.call(method, call, lane=reaction.lane, name=emoji, **where)
        except Refused as refused:
            self._let_be(refused, reaction)

    def _let_be(self, refused: Refused, reaction: Reaction) -> None:
        """Raise it again unless the card says enough without an emoji."""
        if refused.lacks(SCOPE):
            log.error("%s is left out: the app lacks the scope %s.", reaction.key, SCOPE)
        elif refused.code not in THERE | NOT_HERE:
            raise refused
