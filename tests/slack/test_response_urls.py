"""response_urls: five uses, half an hour, never shown."""

from datetime import UTC, datetime, timedelta

from bot.slack.response_urls import HELD_AT_MOST, ResponseUrls

NOW = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)


def test_a_url_may_be_used_five_times() -> None:
    urls = ResponseUrls()
    urls.keep("k", "https://hooks", user="U1", now=NOW)
    assert [urls.spend("k", NOW) for _ in range(6)] == ["https://hooks"] * 5 + [""]


def test_a_url_is_gone_after_half_an_hour() -> None:
    urls = ResponseUrls()
    urls.keep("k", "https://hooks", user="U1", now=NOW)
    assert urls.person("k", NOW + timedelta(minutes=29)) == "U1"
    assert urls.spend("k", NOW + timedelta(minutes=30)) == ""
    assert urls.person("k", NOW) == ""


def test_the_oldest_goes_when_there_are_too_many() -> None:
    urls = ResponseUrls()
    for number in range(HELD_AT_MOST + 1):
        urls.keep(str(number), "https://hooks", user="U1", now=NOW)
    assert (urls.spend("0", NOW), urls.spend("1", NOW)) == ("", "https://hooks")


def test_a_deed_without_one_has_none() -> None:
    urls = ResponseUrls()
    urls.keep("k", "", user="U1", now=NOW)
    assert urls.spend("k", NOW) == ""
