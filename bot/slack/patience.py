"""Patience: how much one person may send to one replica, so that nobody keeps the bot from everybody else."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from bot.errors import UserError
from bot.ports import Clock

PEOPLE_AT_MOST = 10_000
"""Whoever was quiet for longest is forgotten first: his count is full again by then."""


class TooMany(UserError):
    """One person sends more than the bot listens to."""

    def __init__(self, per_minute: int, *, is_first: bool) -> None:
        """Keep whether this is the first refusal in a row: the rest need no message of their own."""
        super().__init__(
            f"You sent more than {per_minute} commands and clicks within a minute. "
            "This one was not taken in, nothing was changed. Wait a moment, then try again."
        )
        self.is_first = is_first


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a person had left at a time."""

    left: float
    at: datetime
    is_told: bool = False


class Patience:
    """An allowance per person that fills up again evenly; in memory, so each replica counts what it is sent itself."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        """Give everybody *per_minute* at once, and as many again in each minute."""
        self._per_minute = per_minute
        self._clock = clock
        self._people: OrderedDict[str, Allowance] = OrderedDict()

    def spend(self, person: str) -> None:
        """Take one deed off the allowance of *person*. Raises TooMany."""
        now = self._clock.now()
        known = self._people.pop(person, Allowance(self._per_minute, now))
        earned = (now - known.at).total_seconds() * self._per_minute / 60
        left = min(float(self._per_minute), known.left + earned)
        self._people[person] = Allowance(left - 1, now) if left >= 1 else Allowance(left, now, is_told=True)
        if len(self._people) > PEOPLE_AT_MOST:
            self._people.popitem(last=False)
        if left < 1:
            raise TooMany(self._per_minute, is_first=not known.is_told)
