"""The same handlers over HTTP: signed requests only."""

import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.errors import BadArguments
from bot.manifest import slack_manifest
from bot.model.incoming import Command
from bot.slack.settings import HttpSettings
from playground.slack.http_delivery import signature
from playground.slack.manifest import parse_manifest
from playground.slack.server import PracticeSlack
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.stand import MAYA, Stand, until

PATH = "/slack/events"


@pytest.fixture
async def stand(unused_tcp_port: int) -> AsyncIterator[Stand]:
    """A practice Slack that calls the bot, and the bot that listens."""
    url = f"http://127.0.0.1:{unused_tcp_port}{PATH}"
    async with PracticeSlack(parse_manifest(slack_manifest()), request_url=url) as practice:
        clock = SharedClock(practice.clock)
        http = HttpSettings(signing_secret=practice.installation.signing_secret, host="127.0.0.1", port=unused_tcp_port)
        inbox, outbox = FakeInbox(), FakeOutbox(clock)
        async with Stand(practice, inbox=inbox, outbox=outbox, clock=clock, http=http) as standing:
            yield standing


def body_of(practice: PracticeSlack, channel: str) -> bytes:
    """A slash command as Slack posts it."""
    fields = {"team_id": practice.workspace.team.id, "user_id": MAYA, "channel_id": channel, "trigger_id": "1.2"}
    return urlencode(
        fields | {"command": "/saas", "text": "status", "api_app_id": practice.installation.app_id}
    ).encode()


async def post(stand: Stand, *, secret: str, age_s: int) -> int:
    """Post a command that was signed *age_s* ago with *secret*."""
    practice, sent_at = stand.practice, int(time.time()) - age_s
    body = body_of(practice, stand.channel("ops"))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(sent_at),
        "X-Slack-Signature": signature(secret, sent_at, body),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(practice.http.url, data=body, headers=headers) as response,
    ):
        return response.status


async def test_a_command_comes_in_and_is_acked_without_noise(stand: Stand) -> None:
    assert (await stand.practice.people.say(MAYA, stand.channel("ops"), "/saas status")).ok
    assert isinstance(stand.inbox.only, Command)
    assert stand.whispers(MAYA) == []


async def test_an_event_that_was_not_taken_in_comes_again(stand: Stand) -> None:
    stand.inbox.is_down = True
    await stand.practice.people.say(MAYA, stand.channel("ops"), "@saas status")
    await until(lambda: stand.whispers(MAYA))
    stand.inbox.is_down = False
    await until(lambda: stand.deliveries())
    stand.practice.clock.turn(60)
    await until(lambda: stand.inbox.items)


def test_without_a_signing_secret_nobody_is_listened_to() -> None:
    with pytest.raises(BadArguments, match="need the signing secret"):
        HttpSettings(signing_secret="")


@pytest.mark.parametrize(
    ("secret", "age_s", "status"),
    [("", 0, 200), ("another secret", 0, 401), ("", 301, 401)],
    ids=["signed", "forged", "replayed after five minutes"],
)
async def test_only_what_slack_signed_lately_is_taken_in(stand: Stand, secret: str, age_s: int, status: int) -> None:
    assert await post(stand, secret=secret or stand.practice.installation.signing_secret, age_s=age_s) == status
    assert len(stand.inbox.items) == (status == 200)
