"""Delivers the content of modals and of the App Home; the newest is all that matters."""

import logging
from functools import partial

from bot.model.outgoing import HomeContent, ViewContent
from bot.model.plan import Json
from bot.slack.paced import PacedWeb
from bot.slack.placeholder import CLOSED, addressed, modal_saying, once_open
from bot.slack.web import Refused

UNDRAWABLE = frozenset({"invalid_blocks", "invalid_arguments", "view_too_large"})

log = logging.getLogger(__name__)


class Screens:
    """Delivers `ViewContent` and `HomeContent`."""

    def __init__(self, *, paced: PacedWeb) -> None:
        """Show through *paced*."""
        self._paced = paced

    async def deliver_view(self, content: ViewContent) -> None:
        """Fill a modal, as soon as it is open; one that was closed needs nothing."""
        try:
            await once_open(content.view_id, partial(self._update, content, content.view))
        except Refused as refused:
            if refused.code in CLOSED:
                return
            if refused.code not in UNDRAWABLE:
                raise
            log.error("Slack refuses %s (%s): %s", content.key, refused.code, "; ".join(refused.details))
            await self._say_undrawable(content)

    async def _say_undrawable(self, content: ViewContent) -> None:
        """A person who waits in front of the placeholder must not wait for ever."""
        sentence = "Slack refuses to show this. Nothing was changed. The bot’s log has the reason."
        await self._update(content, modal_saying(sentence))

    async def _update(self, content: ViewContent, view: dict[str, Json]) -> None:
        await self._paced.call(
            "views.update",
            self._paced.web.api.views_update,
            lane=content.lane,
            **addressed(content.view_id, view),
        )

    async def deliver_home(self, content: HomeContent) -> None:
        """Publish a person's App Home."""
        await self._paced.call(
            "views.publish",
            self._paced.web.api.views_publish,
            lane=content.lane,
            user_id=content.user,
            view=content.view,
        )
