"""What Slack signed lately is Slack's; whatever else a stranger writes into the headers is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.signature import SIGNATURE, TIMESTAMP, is_from_slack, signed

NOW = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)
BODY = b"payload={}"
SECRET = "a secret of the app"
HEADERS = signed(BODY, secret=SECRET, now=NOW)


@pytest.mark.parametrize("late", [timedelta(), timedelta(minutes=5), timedelta(minutes=-5)], ids=str)
def test_what_slack_signed_within_five_minutes_is_slacks(late: timedelta) -> None:
    assert is_from_slack(BODY, HEADERS, secret=SECRET, now=NOW + late)


@pytest.mark.parametrize("late", [timedelta(seconds=301), timedelta(seconds=-301), timedelta(days=1)], ids=str)
def test_what_was_signed_longer_ago_is_refused(late: timedelta) -> None:
    assert not is_from_slack(BODY, HEADERS, secret=SECRET, now=NOW + late)


FORGED: dict[str, dict[str, str]] = {
    "nothing": {},
    "no signature": {TIMESTAMP: HEADERS[TIMESTAMP]},
    "another's signature": signed(BODY, secret="other", now=NOW),
    "another time": HEADERS | {TIMESTAMP: str(int(HEADERS[TIMESTAMP]) + 1)},
    "a signature beyond ASCII": HEADERS | {SIGNATURE: "v0=ü\udcff"},
    "a time that is none": HEADERS | {TIMESTAMP: "soon"},
    "a time in other digits": HEADERS | {TIMESTAMP: "١٧٧٧٩٠٣٢٠٠"},
    "a time before all time": HEADERS | {TIMESTAMP: "-1"},
    "a time past all numbers": HEADERS | {TIMESTAMP: "9" * 400},
    "a time longer than is read": HEADERS | {TIMESTAMP: "9" * 8_000},
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED.keys())
def test_what_a_stranger_writes_is_refused(headers: dict[str, str]) -> None:
    assert not is_from_slack(BODY, headers, secret=SECRET, now=NOW)


def test_another_body_is_refused() -> None:
    assert not is_from_slack(BODY + b" ", HEADERS, secret=SECRET, now=NOW)
