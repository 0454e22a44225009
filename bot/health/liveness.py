"""Liveness: whether the sockets have been down for so long that a restart may mend them."""

import time
from collections.abc import Callable

from bot.slack.health import SocketHealth

GIVEN_UP_S = 300.0
"""Far longer than any reconnect with its back-off of at most a minute; shorter, and a restart would fight it."""


class Liveness:
    """Remembers since when the sockets are down. What Slack itself refuses, and HTTP, no restart mends."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Count by *now_s*, which only runs forward."""
        self._now_s = now_s
        self._down_since_s: float | None = None

    def look(self, socket: SocketHealth | None) -> bool:
        """Take a look at *socket* (None: there is none yet, or Slack calls us); False when it is time to restart."""
        if socket is None or socket.ready or socket.is_refused:
            self._down_since_s = None
            return True
        now_s = self._now_s()
        if self._down_since_s is None:
            self._down_since_s = now_s
        return now_s - self._down_since_s < GIVEN_UP_S
