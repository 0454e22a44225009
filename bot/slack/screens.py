"""Delivers the content of modals and of the App Home; the newest is all that matters."""

from bot.model.outgoing import HomeContent, ViewContent
from bot.slack.paced import PacedWeb
from bot.slack.web import Refused

CLOSED = frozenset({"not_found", "view_not_found"})


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
            if refused.code not in CLOSED:
                raise

    async def deliver_home(self, content: HomeContent) -> None:
        """Publish a person's App Home."""
        await self._paced.call(
            "views.publish",
            self._paced.web.api.views_publish,
            lane=content.lane,
            user_id=content.user,
            view=content.view,
        )
