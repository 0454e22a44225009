"""Attempts: what this process remembers of deliveries that it tried in vain.

The outbox counts attempts, whoever made them. As long as its count is the one that we remember, the last was ours.
"""

from collections import OrderedDict
from dataclasses import dataclass

from bot.ports_slack import Delivery

REMEMBERED = 10_000
"""More than a whole outage leaves; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Last:
    """The last attempt at a key."""

    attempts: int
    """As the next claim will say."""
    ended_at: float
    """In the event loop's time."""
    reached: bool
    """Whether this one, or any before it, may have reached Slack."""


class Attempts:
    """The last attempt of each key."""

    def __init__(self) -> None:
        """Nothing was tried yet."""
        self._last: OrderedDict[str, Last] = OrderedDict()

    def unheard_at(self, delivery: Delivery, claimed_at: float) -> float | None:
        """When all that may have reached Slack of *delivery* had ended; None when nothing did.

        What another process tried, or a dead one, had ended when we claimed it.
        """
        if not delivery.attempts:
            return None
        last = self._last.get(delivery.item.key)
        if last is None or last.attempts != delivery.attempts:
            return claimed_at
        return last.ended_at if last.reached else None

    def remember(self, delivery: Delivery, *, now: float, reached: bool) -> None:
        """This attempt has ended and may have *reached* Slack, or surely has not."""
        before = self.unheard_at(delivery, now) is not None
        key = delivery.item.key
        self._last[key] = Last(delivery.attempts + 1, now, reached or before)
        self._last.move_to_end(key)
        while len(self._last) > REMEMBERED:
            self._last.popitem(last=False)

    def forget(self, key: str) -> None:
        """It has arrived."""
        self._last.pop(key, None)
