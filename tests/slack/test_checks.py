"""What the doctor finds."""

import pytest

from bot.manifest import BOT_SCOPES
from bot.slack.checks import Check, check_slack
from bot.slack.settings import SlackSettings
from bot.slack.web import open_web
from playground.slack.server import PracticeSlack
from tests.fakes.clocks import SharedClock


async def checked(practice: PracticeSlack, *, token: str = "") -> dict[str, Check]:
    """Every check by its name."""
    token = token or practice.bot_token
    settings = SlackSettings(bot_token=token, app_token=practice.app_token, api_url=practice.api_url)
    async with open_web(token=token, api_url=practice.api_url) as web:
        found = await check_slack(web, settings, SharedClock(practice.clock), scopes=frozenset(BOT_SCOPES))
    return {check.name: check for check in found}


async def test_a_good_installation_passes(practice: PracticeSlack) -> None:
    checks = await checked(practice)
    assert all(check.ok for check in checks.values()), checks
    assert "#ops" in checks["channels"].said
    assert practice.sockets.connections == []


async def test_a_wrong_token_ends_it_there(practice: PracticeSlack) -> None:
    checks = await checked(practice, token="xoxb-wrong")
    assert [(check.name, check.ok) for check in checks.values()] == [("bot token", False)]
    assert "invalid_auth" in checks["bot token"].said


async def test_a_missing_scope_is_named(practice: PracticeSlack) -> None:
    practice.installation.scopes -= {"files:write", "channels:history"}
    checks = await checked(practice)
    assert (checks["scopes"].ok, "files:write" in checks["scopes"].said) == (False, True)
    assert "channels:history" in checks["history scopes"].said


@pytest.mark.parametrize("fault", ["link_disabled", "refused_handshakes"])
async def test_a_socket_that_does_not_open_is_said(practice: PracticeSlack, fault: str) -> None:
    setattr(practice.faults, fault, True)
    assert not (await checked(practice))["socket"].ok
