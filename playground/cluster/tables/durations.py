"""Ages as kubectl prints them."""

from datetime import datetime

from playground.cluster.clock import moment_of


def age(since: str | None, now: datetime) -> str:
    """Print how long ago a timestamp is."""
    return short((now - moment_of(since)).total_seconds()) if since else "<unknown>"


_STEPS = (
    (120, 1, "s", 0, ""),
    (600, 60, "m", 1, "s"),
    (10_800, 60, "m", 0, ""),
    (28_800, 3600, "h", 60, "m"),
    (172_800, 3600, "h", 0, ""),
    (691_200, 86_400, "d", 3600, "h"),
    (63_072_000, 86_400, "d", 0, ""),
    (252_288_000, 31_536_000, "y", 86_400, "d"),
)
"""Below so many seconds: the unit, and the unit of the rest (0: the rest is not shown)."""


def short(seconds: float) -> str:
    """Print a duration with at most two units, by the same steps as kubectl."""
    whole = int(seconds)
    if whole < 0:
        return "0s" if whole >= -1 else "<invalid>"
    for below, unit_s, unit, rest_unit_s, rest_unit in _STEPS:
        if whole < below:
            count, rest = divmod(whole, unit_s)
            shown = rest // rest_unit_s if rest_unit_s else 0
            return f"{count}{unit}{shown}{rest_unit}" if shown else f"{count}{unit}"
    return f"{whole // 31_536_000}y"
