"""What `bot doctor` asks of Slack: tokens, scopes, a socket's hello, and where the bot is a member."""

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.errors import UpstreamError
from bot.ports import Clock
from bot.slack.connection import connect
from bot.slack.identity import Identity, read_identity
from bot.slack.settings import HttpSettings, SlackSettings
from bot.slack.signature import signed
from bot.slack.web import Refused, Web

LOOKING_SCOPES = frozenset({"channels:history", "groups:history"})
"""Without these a post whose answer was lost cannot be looked for, and may appear twice."""

EVERYWHERE = frozenset({"", "::", "0.0.0.0"})  # noqa: S104 - compared with, not listened on
"""Hosts that mean every address of this machine."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    said: str


async def check_slack(
    web: Web, settings: SlackSettings, clock: Clock, *, scopes: frozenset[str], channels: Collection[str] = ()
) -> list[Check]:
    """Look at everything; a failure is an answer, never an exception.

    *scopes* are the manifest's, *channels* the ids that the policy binds.
    """
    try:
        us = await read_identity(web)
    except UpstreamError as error:
        return [Check("bot token", ok=False, said=str(error))]
    checks = [
        Check("bot token", ok=True, said=f"Workspace {us.team_id}, bot user {us.user_id}."),
        *check_scopes(us, scopes),
    ]
    if settings.http is None:
        checks.append(await _check_socket(web, settings, clock))
    else:
        checks.append(await _check_requests(web, settings.http, clock))
    checks.append(await _check_channels(web))
    if channels:
        checks.append(await _check_bound_channels(web, channels))
    return checks


def check_scopes(us: Identity, scopes: frozenset[str]) -> list[Check]:
    """Compare the granted scopes with those in use."""
    missing = sorted(scopes - us.scopes)
    said = f"Missing: {', '.join(missing)}. Add them to the app and install it again." if missing else "All granted."
    checks = [Check("scopes", ok=not missing, said=said)]
    if unseen := sorted(LOOKING_SCOPES - us.scopes):
        checks.append(
            Check(
                "history scopes",
                ok=True,
                said=f"Without {', '.join(unseen)} a message may appear twice after an outage.",
            )
        )
    return checks


async def _check_socket(web: Web, settings: SlackSettings, clock: Clock) -> Check:
    async def take_nothing(_request: SocketModeRequest) -> None:
        """Leave what comes in these moments to the running bot: Slack brings events again."""

    try:
        opened = await web.call(web.api.apps_connections_open, app_token=settings.app_token)
        connection = await connect(
            web.session,
            opened["url"],
            ping_interval_s=settings.socket.ping_interval_s,
            hello_s=settings.socket.hello_s,
            answer=take_nothing,
            clock=clock,
        )
    except UpstreamError as error:
        return Check("socket", ok=False, said=str(error))
    await connection.close()
    return Check("socket", ok=True, said=f"Hello received; Slack counts {connection.hello.num_connections} sockets.")


async def _check_requests(web: Web, http: HttpSettings, clock: Clock) -> Check:
    """Send what Slack sends when it is given the address, to the bot that runs beside us."""
    challenge = secrets.token_hex(8)
    body = json.dumps({"type": "url_verification", "challenge": challenge}).encode()
    headers = {"Content-Type": "application/json"} | signed(body, secret=http.signing_secret, now=clock.now())
    host = "127.0.0.1" if http.host in EVERYWHERE else http.host
    try:
        async with web.session.post(f"http://{host}:{http.port}{http.path}", data=body, headers=headers) as response:
            status, said = response.status, await response.text()
    except (aiohttp.ClientError, TimeoutError):
        return Check("requests", ok=True, said=f"No bot listens on port {http.port} here; ask where it runs.")
    if status == HTTPStatus.OK and challenge in said:
        return Check("requests", ok=True, said=f"Signed requests are answered on port {http.port} at {http.path}.")
    if status == HTTPStatus.UNAUTHORIZED:
        return Check("requests", ok=False, said="The bot here has another signing secret. Start it again.")
    return Check("requests", ok=False, said=f"Port {http.port} answers with HTTP {status}: it is not the bot's.")


async def _check_channels(web: Web) -> Check:
    try:
        answer = await web.call(web.api.users_conversations, types="public_channel,private_channel", limit=200)
    except UpstreamError as error:
        return Check("channels", ok=False, said=str(error))
    names = [f"#{channel['name']}" for channel in answer.get("channels", ())]
    said = f"Member of {', '.join(names)}." if names else "Member of no channel. Invite the bot with /invite."
    return Check("channels", ok=bool(names), said=said)


async def _check_bound_channels(web: Web, channels: Collection[str]) -> Check:
    """Whether the bot is in each channel that the policy binds: it cannot post its cards elsewhere."""
    outside = [said for channel in sorted(channels) if (said := await _why_outside(web, channel))]
    said = " ".join(outside) or f"Member of all {len(channels)}."
    return Check("bound channels", ok=not outside, said=said)


async def _why_outside(web: Web, channel: str) -> str:
    try:
        answer = (await web.call(web.api.conversations_info, channel=channel))["channel"]
    except Refused as refused:
        if refused.code == "channel_not_found":
            return f"{channel} is unknown, or private without the bot: invite it there, or correct the policy file."
        return str(refused)
    except UpstreamError as error:
        return str(error)
    return "" if answer.get("is_member") else f"Not a member of #{answer['name']}. Say /invite there."
