"""The same handlers over HTTP: signed requests only."""

from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from types import MappingProxyType
from urllib.parse import urlencode, urlsplit

import aiohttp
import pytest

from bot.errors import BadArguments
from bot.manifest import slack_manifest
from bot.model.incoming import Command
from bot.slack.checks import check_slack
from bot.slack.http import BODY_AT_MOST
from bot.slack.settings import HttpSettings, SlackSettings
from bot.slack.web import open_web
from playground.slack.http_delivery import signature
from playground.slack.manifest import parse_manifest
from playground.slack.server import PracticeSlack
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.free_ports import free_ports
from tests.slack.stand import MAYA, Stand, until

PATH = "/slack/events"
NO_OTHER: Mapping[str, str] = MappingProxyType({})


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    """A practice Slack that calls the bot, and the bot that listens."""
    port = free_ports()
    url = f"http://127.0.0.1:{port}{PATH}"
    async with PracticeSlack(parse_manifest(slack_manifest()), request_url=url) as practice:
        clock = SharedClock(practice.clock)
        http = HttpSettings(signing_secret=practice.installation.signing_secret, host="127.0.0.1", port=port)
        inbox, outbox = FakeInbox(), FakeOutbox(clock)
        async with Stand(practice, inbox=inbox, outbox=outbox, clock=clock, http=http) as standing:
            yield standing


def body_of(practice: PracticeSlack, channel: str) -> bytes:
    """A slash command as Slack posts it."""
    fields = {"team_id": practice.workspace.team.id, "user_id": MAYA, "channel_id": channel, "trigger_id": "1.2"}
    return urlencode(
        fields | {"command": "/saas", "text": "status", "api_app_id": practice.installation.app_id}
    ).encode()


async def post(
    stand: Stand, *, secret: str = "", age_s: int = 0, body: bytes = b"", other: Mapping[str, str] = NO_OTHER
) -> int:
    """Post a command, or *body*, that was signed *age_s* ago with *secret*; *other* headers win."""
    practice, sent_at = stand.practice, int(stand.clock.now().timestamp()) - age_s
    body = body or body_of(practice, stand.channel("ops"))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(sent_at),
        "X-Slack-Signature": signature(secret or practice.installation.signing_secret, sent_at, body),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(practice.http.url, data=BytesIO(body), headers={**headers, **other}) as response,
    ):
        return response.status


async def test_a_command_comes_in_and_is_acked_without_noise(stand: Stand) -> None:
    assert (await stand.practice.people.say(MAYA, stand.channel("ops"), "/saas status")).ok
    assert isinstance(stand.inbox.only, Command)
    assert stand.whispers(MAYA) == []
    assert stand.side.health().acks.count == 1


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
    [("", 0, 200), ("", 290, 200), ("another secret", 0, 401), ("", 310, 401), ("", -310, 401)],
    ids=["signed", "delayed", "forged", "replayed after five minutes", "signed for later"],
)
async def test_only_what_slack_signed_lately_is_taken_in(stand: Stand, secret: str, age_s: int, status: int) -> None:
    assert await post(stand, secret=secret, age_s=age_s) == status
    assert len(stand.inbox.items) == (status == 200)
    assert stand.side.health().counts["refused"] == (status == 401)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=é"},
        {"X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Request-Timestamp": "²"},
        {"X-Slack-Request-Timestamp": ""},
    ],
    ids=["no signature", "not ASCII", "no number", "no ASCII digit", "no time"],
)
async def test_a_stranger_is_refused_whatever_he_sends(stand: Stand, headers: dict[str, str]) -> None:
    assert await post(stand, other=headers) == 401
    assert stand.inbox.items == {}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * (BODY_AT_MOST + 1), "application/x-www-form-urlencoded", 413),
        (b"\xff\xfe", "application/json", 400),
        (b"{", "application/json", 400),
    ],
    ids=["over a megabyte", "no text", "no JSON"],
)
async def test_what_cannot_be_read_is_refused_and_the_next_is_taken(
    stand: Stand, body: bytes, kind: str, status: int
) -> None:
    assert await post(stand, body=body, other={"Content-Type": kind}) == status
    assert await post(stand) == 200
    assert len(stand.inbox.items) == 1


async def test_a_request_that_slack_repeats_is_one_deed(stand: Stand) -> None:
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert [await post(stand), await post(stand, other=retry)] == [200, 200]
    assert len(stand.inbox.items) == 1


async def test_slack_takes_the_address_because_the_bot_gives_the_challenge_back(stand: Stand) -> None:
    assert await stand.practice.reaches_the_app()
    stand.practice.installation.signing_secret = "another app's"
    assert not await stand.practice.reaches_the_app()


@pytest.mark.parametrize(
    ("secret", "listens", "ok", "says"),
    [
        ("", True, True, "Signed requests are answered"),
        ("another", True, False, "another signing secret"),
        ("", False, True, "No bot listens"),
    ],
    ids=["sound", "another secret", "not running"],
)
async def test_the_doctor_asks_as_slack_would(stand: Stand, secret: str, listens: bool, ok: bool, says: str) -> None:
    if not listens:
        await stand.stop()
    practice = stand.practice
    http = HttpSettings(
        signing_secret=secret or practice.installation.signing_secret, port=urlsplit(practice.http.url).port or 0
    )
    settings = SlackSettings(bot_token=practice.bot_token, api_url=practice.api_url, http=http)
    async with open_web(token=practice.bot_token, api_url=practice.api_url) as web:
        checks = {c.name: c for c in await check_slack(web, settings, stand.clock, scopes=frozenset())}
    assert (checks["requests"].ok, says in checks["requests"].said) == (ok, True), checks["requests"]
    assert "socket" not in checks
