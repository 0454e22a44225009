"""No token is in any log, whatever goes wrong."""

import logging

import pytest

from bot.model.outgoing import Card, Message
from bot.slack.secrecy import Secrecy
from tests.slack.stand import MAYA, Stand, until


async def test_whatever_goes_wrong_no_secret_is_logged(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.handler.addFilter(Secrecy())
    ops = stand.channel("ops")
    for trouble in ("drop", "refuse", "reconnect"):
        stand.cause(trouble)
        await stand.practice.people.say(MAYA, ops, "/saas status")
    stand.inbox.is_down = True
    await stand.practice.people.say(MAYA, ops, "/saas status")
    stand.cause("revoke", token="bot")
    stand.outbox.put(Card("k", ops, Message("x")))
    await until(lambda: stand.side.health().counts.get("postponed"))
    secrets = [stand.practice.bot_token, stand.practice.app_token, "ticket=", "/response/"]
    text = caplog.text.replace("ticket=‹redacted›", "")
    assert "bot.slack.socket" in text
    assert [secret for secret in secrets if secret in text] == []
