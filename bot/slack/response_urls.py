"""response_urls by the deed they came with: in memory only, since one who holds such a URL may speak in the channel."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LIFETIME = timedelta(minutes=30)
USES = 5
"""Slack's own limits for one response_url."""
HELD_AT_MOST = 10_000
"""The oldest goes first, so that a flood cannot fill the memory."""


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """Where one deed can be answered, and who did it."""

    url: str
    user: str
    until: datetime
    uses_left: int = USES

    def __repr__(self) -> str:
        """Without the URL: it is a secret."""
        return f"ResponseUrl(user={self.user!r}, uses_left={self.uses_left})"


class ResponseUrls:
    """The ones that may still be used."""

    def __init__(self) -> None:
        """Hold none."""
        self._held: OrderedDict[str, ResponseUrl] = OrderedDict()

    def keep(self, origin_key: str, url: str, *, user: str, now: datetime) -> None:
        """Keep *url* for the deed *origin_key*."""
        if not url:
            return
        self._held[origin_key] = ResponseUrl(url, user, now + LIFETIME)
        while len(self._held) > HELD_AT_MOST:
            self._held.popitem(last=False)

    def person(self, origin_key: str, now: datetime) -> str:
        """Who did the deed; empty when no longer known."""
        held = self._usable(origin_key, now)
        return held.user if held else ""

    def spend(self, origin_key: str, now: datetime) -> str:
        """The URL, with one use taken off; empty when there is none."""
        held = self._usable(origin_key, now)
        if held is None or not held.uses_left:
            return ""
        self._held[origin_key] = replace(held, uses_left=held.uses_left - 1)
        return held.url

    def _usable(self, origin_key: str, now: datetime) -> ResponseUrl | None:
        held = self._held.get(origin_key)
        if held is not None and held.until <= now:
            del self._held[origin_key]
            return None
        return held
