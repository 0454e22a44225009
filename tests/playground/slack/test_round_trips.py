"""What an unmodified slack_bolt app and a person do with each other."""

import asyncio

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.connections import Reason
from playground.slack.server import PracticeSlack
from tests.playground.slack.app import JON, MAYA, OPS, Json, button, connected, plain, section, until


async def test_a_slash_command_is_answered_by_ack_and_respond(slack: PracticeSlack, app: AsyncApp) -> None:
    seen: list[Json] = []

    @app.command("/saas")
    async def saas(ack: AsyncAck, respond: AsyncRespond, command: Json) -> None:
        await ack("Working")
        seen.append(command)
        await respond("Done")

    async with connected(slack, app):
        outcome = await slack.people.say(MAYA, OPS, "/saas scale web --replicas 3")
        await until(lambda: len(slack.workspace.ephemerals_of(OPS, MAYA)) == 2)
    assert outcome.ok
    assert {m.text for m in slack.workspace.ephemerals_of(OPS, MAYA)} == {"Working", "Done"}
    assert seen[0]["text"] == "scale web --replicas 3"
    assert seen[0]["user_id"] == MAYA
    assert seen[0]["channel_name"] == "ops"
    assert slack.workspace.visible_messages(OPS, MAYA) == []


async def test_a_button_sends_block_actions_with_message_and_state(
    slack: PracticeSlack, app: AsyncApp, client: AsyncWebClient
) -> None:
    clicks: list[Json] = []

    @app.action("approve")
    async def approve(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        clicks.append(body)
        await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="Approved", blocks=[])

    posted = await client.chat_postMessage(channel=OPS, text="Restart?", blocks=[button("approve", value="op-1")])
    async with connected(slack, app):
        assert (await slack.people.click(JON, OPS, posted["ts"], "b", "approve")).ok
        await until(lambda: slack.workspace.messages[OPS][posted["ts"]].text == "Approved")
    body = clicks[0]
    assert body["actions"][0] | {"action_ts": "-"} == {
        "type": "button",
        "block_id": "b",
        "action_id": "approve",
        "value": "op-1",
        "text": plain("Press"),
        "action_ts": "-",
    }
    assert body["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": OPS,
        "is_ephemeral": False,
    }
    assert body["user"]["id"] == JON
    assert body["state"] == {"values": {}}
    assert slack.workspace.messages[OPS][posted["ts"]].blocks == ()


async def test_a_button_inside_an_attachment_names_the_attachment(
    slack: PracticeSlack, app: AsyncApp, client: AsyncWebClient
) -> None:
    containers: list[Json] = []

    @app.action("approve")
    async def approve(ack: AsyncAck, body: Json) -> None:
        containers.append(body["container"])
        await ack()

    card = [{"color": "#ccc", "blocks": [section("card")]}, {"color": "#ccc", "blocks": [button("approve")]}]
    posted = await client.chat_postMessage(channel=OPS, text="card", attachments=card)
    async with connected(slack, app):
        assert (await slack.people.click(JON, OPS, posted["ts"], "b", "approve")).ok
    assert containers[0]["type"] == "message_attachment"
    assert containers[0]["attachment_id"] == 2


async def test_a_mention_in_a_channel_and_a_direct_message_arrive_as_events(
    slack: PracticeSlack, app: AsyncApp
) -> None:
    events: list[Json] = []

    @app.event("app_mention")
    async def mention(event: Json, say: AsyncSay) -> None:
        events.append(event)
        await say("Here", thread_ts=event["ts"])

    @app.event("message")
    async def message(event: Json) -> None:
        events.append(event)

    direct = slack.workspace.open_im(MAYA, slack.installation.bot_user)
    async with connected(slack, app):
        await slack.people.say(MAYA, OPS, "@saas status & <b>")
        await slack.people.say(MAYA, direct.id, "hello")
        await until(lambda: len(events) == 2 and len(slack.workspace.messages[OPS]) == 2)
    by_type = {event["type"]: event for event in events}
    assert by_type["app_mention"]["text"] == f"<@{slack.installation.bot_user}> status &amp; &lt;b&gt;"
    assert by_type["message"]["channel_type"] == "im"
    parent, reply = slack.workspace.messages[OPS].values()
    assert reply.thread_ts == parent.ts
    assert parent.reply_count == 1
    assert slack.workspace.visible_messages(OPS, JON) == [parent]


async def test_a_message_shortcut_brings_the_message(
    slack: PracticeSlack, app: AsyncApp, client: AsyncWebClient
) -> None:
    seen: list[Json] = []

    @app.shortcut("alert_actions")
    async def actions(ack: AsyncAck, shortcut: Json, respond: AsyncRespond) -> None:
        await ack()
        seen.append(shortcut)
        await respond("Noted")

    posted = await client.chat_postMessage(channel=OPS, text="alert")
    async with connected(slack, app):
        assert (await slack.people.shortcut(MAYA, "alert_actions", channel=OPS, message_ts=posted["ts"])).ok
        await until(lambda: slack.workspace.ephemerals_of(OPS, MAYA))
    assert seen[0]["type"] == "message_action"
    assert seen[0]["message"]["text"] == "alert"
    assert (await slack.people.shortcut(MAYA, "unknown")).failure == "This shortcut is not available."


async def test_many_commands_at_once_are_each_answered_once(slack: PracticeSlack, app: AsyncApp) -> None:
    @app.command("/saas")
    async def saas(ack: AsyncAck, command: Json) -> None:
        await ack(command["text"])

    async with connected(slack, app):
        outcomes = await asyncio.gather(*(slack.people.say(MAYA, OPS, f"/saas n{n}") for n in range(100)))
    assert all(outcome.ok for outcome in outcomes)
    assert sorted(m.text for m in slack.workspace.ephemerals_of(OPS, MAYA)) == sorted(f"n{n}" for n in range(100))


async def test_bolts_own_handler_reconnects_when_slack_asks(slack: PracticeSlack, app: AsyncApp) -> None:
    async with connected(slack, app):
        (before,) = slack.sockets.connections
        slack.sockets.end(Reason.REFRESH_REQUESTED)
        await until(lambda: slack.sockets.connections and before not in slack.sockets.connections)
    opened = [call.method for call in slack.journal.calls].count("apps.connections.open")
    assert opened >= 2
