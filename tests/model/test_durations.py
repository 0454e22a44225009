"""Durations as kubectl and as sentences write them."""

from datetime import timedelta

import pytest

from bot.model.durations import age, spoken

MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "<invalid>"),
        (-1, "0s"),
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (190, "3m10s"),
        (10 * MINUTE, "10m"),
        (179 * MINUTE, "179m"),
        (3 * HOUR, "3h"),
        (7 * HOUR + 59 * MINUTE, "7h59m"),
        (8 * HOUR + 30 * MINUTE, "8h"),
        (47 * HOUR, "47h"),
        (48 * HOUR, "2d"),
        (5 * DAY + 3 * HOUR, "5d3h"),
        (8 * DAY + 3 * HOUR, "8d"),
        (729 * DAY, "729d"),
        (747 * DAY, "2y17d"),
        (3000 * DAY, "8y"),
    ],
)
def test_age_is_kubectls(seconds: int, text: str) -> None:
    assert age(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (41, "41 s"),
        (119.2, "119 s"),
        (12 * MINUTE, "12 min"),
        (3 * HOUR + 5 * MINUTE, "3 h 5 min"),
        (3 * HOUR, "3 h"),
        (4 * DAY, "4 days"),
    ],
)
def test_a_sentence_speaks_of_seconds_minutes_hours_days(seconds: float, text: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == text
