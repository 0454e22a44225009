"""Delivers the content of modals and of the App Home; the newest is all that matters."""

import logging

from bot.model.outgoing import HomeContent, ViewContent
from bot.slack.paced import PacedWeb
from bot.slack.placeholder import modal_saying
from bot.slack.web import Refused

CLOSED = frozenset({"not_found", "view_not_found"})
UNDRAWABLE = frozenset({"invalid_blocks", "invalid_arguments", "view_too_large"})

log = logging.getLogger(__name__)


class Screens:
    """Delivers `ViewContent` and `HomeContent`."""

    def __init__(self, *, paced: PacedWeb) -> None:
        """Show through *paced*."""
        self._paced = paced

    async def deliver_view(self, content: ViewContent) -> None:
        """Fill an open modal; one that was closed needs nothing."""
        try:
            await self._paced.call(
                "views.update",
                self._paced.web.api.views_update,
                lane=content.lane,
                view_id=content.view_id,
                view=content.view,
            )
        except Refused as refused:
            if refused.code in CLOSED:
                return
            if refused.code not in UNDRAWABLE:
                raise
            log.error("Slack refuses %s (%s): %s", content.key, refused.code, "; ".join(refused.details))
            await self._say_undrawable(content)

    async def _say_undrawable(self, content: ViewContent) -> None:
        """A person who waits in front of the placeholder must not wait for ever."""
        await self._paced.call(
            "views.update",
            self._paced.web.api.views_update,
            lane=content.lane,
            view_id=content.view_id,
            view=modal_saying("Slack refuses to show this. Nothing was changed. The bot’s log has the reason."),
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
