"""Spans of time as kubectl takes them: `90s`, `10m`, `1h30m`."""

import re
from datetime import timedelta

_PART = re.compile(r"(\d{1,6})([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def check_span(text: str) -> str:
    """Return *text*. Raises ValueError where it is no span of time."""
    if text and not re.fullmatch(r"(\d{1,6}[smhd])+", text):
        raise ValueError(f"“{text[:40]}” is no span of time such as 10m or 1h30m")
    return text


def span(text: str) -> timedelta | None:
    """The span behind a checked text; None for an empty one."""
    if not text:
        return None
    return timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text)))
