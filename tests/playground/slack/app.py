"""Apps for the practice Slack's tests: one of slack_bolt, and one bare socket that acknowledges only when told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from playground.slack.server import PracticeSlack

MAYA, JON, LENA, GUS = "U0MAYA0001", "U0JON00001", "U0LENA0001", "U0GUS00001"
OMAR, DARA = "U0OMAR0001", "U0DARA0001"
OPS, GENERAL, LEADS, SHARED = "C0OPS00001", "C0GENERAL1", "C0LEADS001", "C0ACME0001"

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "SaaS"},
    "features": {
        "bot_user": {"display_name": "saas"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/saas", "description": "Run the platform", "should_escape": True},
            {"command": "/plain", "description": "Raw text"},
        ],
        "shortcuts": [
            {"name": "Alert actions", "type": "message", "callback_id": "alert_actions"},
            {"name": "Open console", "type": "global", "callback_id": "open_console"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                *("commands", "chat:write", "app_mentions:read", "im:history", "im:write", "users:read"),
                *("users:read.email", "usergroups:read", "channels:read", "groups:read", "files:write"),
                *("reactions:write", "reactions:read", "channels:history", "groups:history", "pins:write", "pins:read"),
                *("bookmarks:write", "bookmarks:read", "files:read", "channels:join", "channels:manage", "team:read"),
                *("emoji:read", "dnd:read", "usergroups:write"),
            ]
        }
    },
    "settings": {
        "socket_mode_enabled": True,
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {
            "bot_events": [
                *("app_mention", "app_home_opened", "message.im", "reaction_added", "subteam_members_changed"),
                "channel_archive",
            ]
        },
    },
}


def button(action_id: str, *, block_id: str = "b", value: str = "v") -> Json:
    element = {"type": "button", "action_id": action_id, "value": value, "text": plain("Press")}
    return {"type": "actions", "block_id": block_id, "elements": [element]}


def field(element: Json, *, block_id: str = "b", **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain("Label"), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    view = {"type": "modal", "callback_id": "m", "title": plain("Title"), "submit": plain("Go")}
    return view | {"blocks": list(blocks)} | more


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


@asynccontextmanager
async def connected(slack: PracticeSlack, app: AsyncApp) -> AsyncIterator[None]:
    """Run a Bolt app over Socket Mode, as its own handler does."""
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt has no annotation here
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # slack_bolt has no annotation here


class BareSocket:
    """A Socket Mode connection without a client library: it reads frames and answers only when told to."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def frame(self) -> Json:
        found: Json = json.loads(await self.socket.receive_str(timeout=120))
        return found

    async def ack(self, envelope: Json, payload: Json | None = None) -> None:
        answer = {"envelope_id": envelope["envelope_id"]} | ({"payload": payload} if payload else {})
        await self.socket.send_json(answer)


class BareApp:
    """Opens connections with an app token, by hand."""

    def __init__(self, slack: PracticeSlack, session: aiohttp.ClientSession) -> None:
        self._slack = slack
        self._session = session

    async def url(self) -> str:
        headers = {"Authorization": f"Bearer {self._slack.app_token}"}
        async with self._session.post(f"{self._slack.api_url}apps.connections.open", headers=headers) as response:
            reply = await response.json()
        assert reply["ok"], reply
        return str(reply["url"])

    async def connect(self, url: str | None = None) -> BareSocket:
        """Connect and leave the first frame, hello, to be read."""
        return BareSocket(await self._session.ws_connect(url or await self.url()))

    async def ready(self) -> BareSocket:
        """Connect and read hello."""
        socket = await self.connect()
        assert (await socket.frame())["type"] == "hello"
        return socket


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until *condition* holds; the test's own time limit ends a wait in vain."""
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110 - the condition is plain state, which sets no event
            await asyncio.sleep(0.001)
