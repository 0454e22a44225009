"""Behind a proxy everything goes through it: the Web API, and the socket too."""

import pytest

from bot.manifest import BOT_SCOPES
from bot.slack.checks import check_slack
from bot.slack.settings import SlackSettings
from bot.slack.web import open_web
from playground.slack.server import PracticeSlack
from tests.fakes.clocks import SharedClock
from tests.fakes.relays import relayed, to_port


async def test_calls_and_socket_go_through_the_proxy(practice: PracticeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SlackSettings(bot_token=practice.bot_token, app_token=practice.app_token, api_url=practice.api_url)
    async with relayed(to_port(int(practice.url.rpartition(":")[2]))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.host}:{proxy.port}")
        async with open_web(token=practice.bot_token, api_url=practice.api_url) as web:
            scopes = frozenset(BOT_SCOPES)
            checks = await check_slack(web, settings, SharedClock(practice.clock), scopes=scopes)
        assert [check for check in checks if not check.ok] == []
        assert proxy.taken == 2, "one connection for the calls, one for the socket"
