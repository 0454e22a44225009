"""A small Slack app, as anyone would write it with slack_bolt: what the page's tests click through."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.server import PracticeSlack

Json = dict[str, Any]

OPS = "C0OPS00001"

MANIFEST = {
    "display_information": {"name": "saas"},
    "features": {
        "bot_user": {"display_name": "saas"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {
                "command": "/saas",
                "description": "Run the platform",
                "usage_hint": "help | restart NAME",
                "should_escape": True,
            }
        ],
        "shortcuts": [{"name": "Why is this?", "type": "message", "callback_id": "why", "description": "Explain"}],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "users:read", "app_mentions:read", "im:history"]}},
    "settings": {
        "socket_mode_enabled": True,
        "event_subscriptions": {"bot_events": ["app_mention", "app_home_opened", "message.im"]},
    },
}

CONFIRM = {
    "title": {"type": "plain_text", "text": "Approve restart?"},
    "text": {"type": "mrkdwn", "text": "All pods of *deployment/instance-worker* stop first."},
    "confirm": {"type": "plain_text", "text": "Approve"},
    "deny": {"type": "plain_text", "text": "Not now"},
}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": text},
        "action_id": action_id,
        "value": "op-1",
        **more,
    }


def card(headline: str, *buttons: Json) -> Json:
    words = {"type": "section", "text": {"type": "mrkdwn", "text": headline}}
    row = [{"type": "actions", "block_id": "choices", "elements": list(buttons)}] if buttons else []
    return {"text": headline, "blocks": [words, *row]}


MODAL = {
    "type": "modal",
    "callback_id": "restart",
    "title": {"type": "plain_text", "text": "Restart"},
    "submit": {"type": "plain_text", "text": "Ask"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Deployment"},
            "element": {"type": "plain_text_input", "action_id": "value"},
        },
        {
            "type": "input",
            "block_id": "watchers",
            "optional": True,
            "label": {"type": "plain_text", "text": "Who is told"},
            "element": {"type": "multi_users_select", "action_id": "value"},
        },
    ],
}


LONG_MODAL = {
    **MODAL,
    "blocks": [
        *(
            {
                "type": "input",
                "block_id": f"field {n}",
                "optional": True,
                "label": {"type": "plain_text", "text": f"Field {n}"},
                "element": {"type": "plain_text_input", "action_id": "value"},
            }
            for n in range(12)
        ),
        {"type": "actions", "block_id": "row", "elements": [button("Preview", "preview")]},
    ],
}
"""Longer than any screen of the tests."""


def small_app(slack: PracticeSlack) -> AsyncApp:
    """The app: /saas restart, /saas form, a button with a confirm, a modal with an error, a mention, a Home."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret="unused")
    app.command("/saas")(saas)
    app.action("approve")(approve)
    app.action("deny")(deny)
    app.action("preview")(preview)
    app.view("restart")(restart)
    app.event("app_mention")(mention)
    app.event("app_home_opened")(home)
    app.shortcut("why")(why)
    return app


async def saas(ack: AsyncAck, command: Json, respond: AsyncRespond, client: AsyncWebClient) -> None:
    await ack()
    match command["text"].split():
        case ["restart", name]:
            buttons = (button("Approve", "approve", style="primary", confirm=CONFIRM), button("Deny", "deny"))
            content = card(f":hourglass_flowing_sand: Restart `deployment/{name}`", *buttons)
            await client.chat_postMessage(channel=command["channel_id"], **content)
        case ["form"]:
            await client.views_open(trigger_id=command["trigger_id"], view=MODAL)
        case ["long", "form"]:
            await client.views_open(trigger_id=command["trigger_id"], view=LONG_MODAL)
        case _:
            await respond(f"I do not know `{command['text']}`. Nothing was changed.")


async def approve(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    await ack()
    done = card(f":white_check_mark: Restarted, <@{body['user']['id']}> approved")
    await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], **done)


async def deny(ack: AsyncAck, respond: AsyncRespond) -> None:
    await ack()
    await respond("You may not deny this. Nothing was changed.", replace_original=False)


async def preview(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    """Draw the modal again, with more of it below."""
    await ack()
    more = [{"type": "section", "text": {"type": "mrkdwn", "text": f"Step {n}"}} for n in range(1, 4)]
    await client.views_update(view_id=body["view"]["id"], view={**LONG_MODAL, "blocks": [*LONG_MODAL["blocks"], *more]})


async def restart(ack: AsyncAck, view: Json, body: Json, client: AsyncWebClient) -> None:
    name = view["state"]["values"]["name"]["value"]["value"]
    if name != "instance-worker":
        await ack(response_action="errors", errors={"name": f"No deployment {name!r} in saasodoo."})
        return
    await ack()
    await client.chat_postMessage(channel=OPS, **card(f"<@{body['user']['id']}> asks to restart `{name}`"))


async def mention(event: Json, say: AsyncSay) -> None:
    await say(text="At your service.", thread_ts=event.get("thread_ts") or event["ts"])


async def home(event: Json, client: AsyncWebClient) -> None:
    view = {"type": "home", "blocks": card("*Needs you*: nothing", button("Look again", "again"))["blocks"]}
    await client.views_publish(user_id=event["user"], view=view)


async def why(ack: AsyncAck, respond: AsyncRespond) -> None:
    await ack()
    await respond("Because somebody asked for it.")


@asynccontextmanager
async def connected(app: AsyncApp, slack: PracticeSlack) -> AsyncIterator[None]:
    """Connect *app* by Socket Mode for as long as the context lasts."""
    handler: Any = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()
    try:
        yield
    finally:
        await handler.close_async()
