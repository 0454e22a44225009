"""Durations in words: kubectl's AGE column and the sentences of cards."""

from datetime import timedelta


def age(elapsed: timedelta) -> str:
    """kubectl's AGE: `45s`, `3m10s`, `2h`, `5d3h`, `2y17d` (k8s.io/apimachinery duration.HumanDuration)."""
    seconds = int(elapsed.total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < -1:
        return "<invalid>"
    if seconds < 60 * 2:
        return f"{max(seconds, 0)}s"
    if minutes < 10:
        return _two(minutes, "m", seconds % 60, "s")
    if minutes < 60 * 3:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if hours < 24 * 8:
        return _two(days, "d", hours % 24, "h")
    if hours < 24 * 365 * 2:
        return f"{days}d"
    if hours < 24 * 365 * 8:
        return _two(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"


def spoken(elapsed: timedelta) -> str:
    """For sentences: `41 s`, `12 min`, `3 h 5 min`, `4 days`."""
    seconds = max(0, round(elapsed.total_seconds()))
    minutes, hours = round(seconds / 60), seconds // 3600
    if seconds < 120:
        return f"{seconds} s"
    if minutes < 120:
        return f"{minutes} min"
    if hours < 48:
        return f"{hours} h {seconds % 3600 // 60} min" if seconds % 3600 >= 60 else f"{hours} h"
    return f"{hours // 24} days"
