"""Standing: who we are in Slack, and whether Slack still says so."""

import logging
from datetime import datetime

from bot.errors import Throttled, UpstreamError
from bot.ports import Clock
from bot.slack.backoff import Random, full_jitter
from bot.slack.identity import Identity, read_identity
from bot.slack.socket import TERMINAL, TERMINAL_RETRY_S
from bot.slack.web import Refused, Web

ASK_EVERY_S = 60.0
"""A call that Slack must answer proves the token and keeps an idle path open (bolt-python 1529)."""

log = logging.getLogger(__name__)


class Standing:
    """Asks auth.test, at first until it answers, then every minute."""

    def __init__(self, web: Web, clock: Clock, random: Random) -> None:
        """Nothing is known yet."""
        self.answered_at: datetime | None = None
        self.problem = "Slack has not said yet who we are."
        """One sentence; empty when the last answer was good."""
        self.bot_id = ""
        """Ours, as Slack said last."""
        self._retry_after_s = 0.0
        self._web = web
        self._clock = clock
        self._random = random

    async def establish(self) -> Identity:
        """Ask until Slack says who we are."""
        attempt = 0
        while (identity := await self._ask()) is None:
            pause_s = self._pause_s(attempt)
            log.warning("%s Asking again in %.0f s.", self.problem, pause_s)
            await self._clock.sleep(pause_s)
            attempt += 1
        return identity

    async def run(self) -> None:
        """Keep asking, until cancelled."""
        while True:
            await self._clock.sleep(ASK_EVERY_S)
            await self._ask()

    async def _ask(self) -> Identity | None:
        self._retry_after_s = 0.0
        try:
            identity = await read_identity(self._web)
        except UpstreamError as error:
            self.problem = str(error)
            if isinstance(error, Throttled):
                self._retry_after_s = error.retry_after_s
            elif isinstance(error, Refused) and error.code in TERMINAL:
                self._retry_after_s = TERMINAL_RETRY_S
            return None
        self.problem, self.answered_at, self.bot_id = "", self._clock.now(), identity.bot_id
        return identity

    def _pause_s(self, attempt: int) -> float:
        return self._retry_after_s or full_jitter(attempt, self._random)
