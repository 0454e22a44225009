"""Cron schedules: five fields, lists, ranges, steps and the @-words. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_WORDS = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
          "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *"}  # fmt: skip
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_NAMES = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))} | {
    name: number + 1 for number, name in enumerate((
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ))
}  # fmt: skip


@dataclass(frozen=True)
class Schedule:
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    """Day of month and day of week both given: one of them is enough."""

    def matches_day(self, day: datetime) -> bool:
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return day.month in self.months and (of_month or of_week if self.either_day else of_month and of_week)

    def after(self, moment: datetime) -> datetime | None:
        """Return the first match later than *moment*, None when there is none within four years."""
        at = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        for _ in range(4 * 366):
            if self.matches_day(at):
                for hour in sorted(each for each in self.hours if each >= at.hour):
                    least = at.minute if hour == at.hour else 0
                    for minute in sorted(each for each in self.minutes if each >= least):
                        return at.replace(hour=hour, minute=minute)
            at = (at + timedelta(days=1)).replace(hour=0, minute=0)
        return None


def parse_schedule(text: str) -> Schedule:
    """Read a schedule (raises ValueError)."""
    fields = _WORDS.get(text.strip(), text).split()
    if len(fields) != 5:
        raise ValueError(f"expected exactly 5 fields, found {len(fields)}: [{text}]")
    minutes, hours, days, months, weekdays = (
        _field(field, low, high) for field, (low, high) in zip(fields, _BOUNDS, strict=True)
    )
    either = "*" not in {fields[2], fields[4]}
    return Schedule(minutes, hours, days, months, frozenset(day % 7 for day in weekdays), either)


def _field(text: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span in {"*", "?"}:
            first, last = low, high
        else:
            start, dash, end = span.partition("-")
            first = _number(start)
            last = _number(end) if dash else (high if step else first)
        if not low <= first <= last <= high:
            raise ValueError(f"out of range: {part}")
        found |= set(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str) -> int:
    return _NAMES[text.lower()] if text.lower() in _NAMES else int(text)
