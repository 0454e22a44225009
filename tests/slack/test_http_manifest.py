"""The manifest for an app that Slack calls."""

import pytest

from bot.__main__ import main
from bot.manifest import slack_manifest
from bot.slack.http_manifest import over_http
from bot.slack.settings import REQUEST_PATH


def test_over_http_slack_calls_one_address_for_everything() -> None:
    manifest = over_http(slack_manifest(), "https://bot.example.com/")
    address = "https://bot.example.com" + REQUEST_PATH
    assert manifest["features"]["slash_commands"][0]["url"] == address
    assert manifest["settings"]["event_subscriptions"]["request_url"] == address
    assert manifest["settings"]["interactivity"]["request_url"] == address
    assert manifest["settings"]["interactivity"]["message_menu_options_url"] == address
    assert not manifest["settings"]["socket_mode_enabled"]
    assert slack_manifest()["settings"]["socket_mode_enabled"], "the other manifest is left alone"


@pytest.mark.parametrize(
    "arguments",
    [["roles", "--url", "https://x"], ["slack", "--url", "bot.example.com"]],
    ids=["a ClusterRole has none", "no address"],
)
def test_an_address_where_none_belongs_is_refused_in_a_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["manifest", *arguments]) == 1
    assert capsys.readouterr().err.count(".") >= 1
