"""Moments as Slack words them: `<!date^…>` tokens, message times and day dividers, on the reader's clock."""

import re
from datetime import datetime, timedelta

from playground.page.names import Names

_TOKEN = re.compile(r"\{(\w+)\}")


def day_name(moment: datetime, names: Names) -> str:
    """Say `Today`, `Yesterday` or the date, as a day divider does."""
    return _near(moment, names) or f"{moment:%A}, {moment:%B} {_ordinal(moment.day)}"


def clock(moment: datetime) -> str:
    """Say the time of day as Slack does: 2:05 PM."""
    return f"{moment:%I:%M %p}".lstrip("0")


def date_token(epoch: str, pattern: str, names: Names) -> str | None:
    """Fill Slack's date *pattern* for *epoch*; None where either is not one."""
    try:
        moment = names.at(int(epoch))
    except (ValueError, OverflowError, OSError):
        return None
    words = _words(moment, names)
    return _TOKEN.sub(lambda match: words.get(match[1], match[0]), pattern)


def _words(moment: datetime, names: Names) -> dict[str, str]:
    near = _near(moment, names)
    numeric, short = f"{moment:%Y-%m-%d}", f"{moment:%b} {moment.day}, {moment.year}"
    plain, full = f"{moment:%B} {_ordinal(moment.day)}, {moment.year}", f"{moment:%A}, {moment:%B} {moment.day}"
    return {
        "date_num": numeric,
        "date_slash": f"{moment:%m/%d/%Y}",
        "date": plain,
        "date_pretty": near or plain,
        "date_short": short,
        "date_short_pretty": near or short,
        "date_long": f"{moment:%A}, {plain}",
        "date_long_pretty": near or f"{moment:%A}, {plain}",
        "date_long_full": f"{full}, {moment.year}",
        "day_divider_pretty": near or f"{moment:%A}, {moment:%B} {_ordinal(moment.day)}",
        "time": clock(moment),
        "time_secs": f"{moment:%I:%M:%S %p}".lstrip("0"),
        "ago": _ago(names.now - moment),
    }


def _near(moment: datetime, names: Names) -> str | None:
    days = (names.now.astimezone(names.zone).date() - moment.date()).days
    return {0: "Today", 1: "Yesterday", -1: "Tomorrow"}.get(days)


def _ago(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = abs(seconds) // length
        if count:
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "just now"


def _ordinal(day: int) -> str:
    suffix = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"
