"""Calls of Slack inside their budgets: wait a little, or say that it must wait longer."""

from bot.errors import Throttled
from bot.model.outgoing import Lane
from bot.model.plan import Json
from bot.ports import Clock
from bot.ports_budgets import Bucket, Budgets
from bot.slack.limits import KEPT_BACK, buckets
from bot.slack.web import Call, Web

PATIENCE_S = 3.0
"""Shorter waits are sat out; for a longer one the delivery goes back to the outbox, where a newer may replace it."""


class OverBudget(Throttled):
    """Our own budget says wait: nothing was sent."""


class PacedWeb:
    """A Web whose callers keep to the limits together."""

    def __init__(self, web: Web, budgets: Budgets, clock: Clock) -> None:
        """Ask *budgets* before each call."""
        self.web = web
        self.throttled = 0
        """429s since the start."""
        self._budgets = budgets
        self._clock = clock

    async def call(self, name: str, method: Call, /, *, lane: Lane, **arguments: Json) -> dict[str, Json]:
        """Call *method*, named *name* in Slack's documents. Raises OverBudget and what Web.call raises."""
        limits = buckets(name, arguments.get("channel", ""))
        for bucket in limits:
            await self._wait_for(bucket, lane)
        try:
            return await self.web.call(method, **arguments)
        except Throttled as throttled:
            self.throttled += 1
            await self._budgets.block(limits[0], throttled.retry_after_s)
            raise

    async def _wait_for(self, bucket: Bucket, lane: Lane) -> None:
        kept_back = bucket.at_once * KEPT_BACK[lane]
        waited_s = 0.0
        while (wait_s := await self._budgets.take(bucket, kept_back)) > 0:
            waited_s += wait_s
            if waited_s > PATIENCE_S:
                raise OverBudget("Slack’s limit for this is used up.", retry_after_s=wait_s)
            await self._clock.sleep(wait_s)
