"""Messages of the app: posting, updating, threads, history, schedules, streams."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.server import PracticeSlack
from tests.playground.slack.app import GENERAL, LEADS, MAYA, OPS, Json, button, section, until


async def _error(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, json=arguments)
    return str(refused.value.response["error"])


@pytest.mark.parametrize(
    ("change", "text", "blocks", "edited"),
    [
        ({"text": "new"}, "new", 0, True),
        ({"blocks": [section("new")]}, "old", 1, False),
        ({"text": "new", "blocks": [section("new")]}, "new", 1, False),
        ({"text": "new", "blocks": []}, "new", 0, True),
    ],
    ids=["text alone removes blocks", "blocks alone keep the text", "both", "empty blocks"],
)
async def test_an_update_changes_what_it_names(
    slack: PracticeSlack, client: AsyncWebClient, change: Json, text: str, blocks: int, edited: bool
) -> None:
    posted = await client.chat_postMessage(
        channel=OPS, text="old", blocks=[section("old")], attachments=[{"color": "#f00", "blocks": [section("kept")]}]
    )
    await client.api_call("chat.update", json={"channel": OPS, "ts": posted["ts"], **change})
    message = slack.workspace.messages[OPS][posted["ts"]]
    assert (message.text, len(message.blocks), message.edited is not None) == (text, blocks, edited)
    assert message.attachments[0]["color"] == "#f00"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"ts": "1.000000", "text": "x"}, "message_not_found"),
        ({"text": "x" * 4001}, "msg_too_long"),
        ({}, "no_text"),
        ({"blocks": [section("x" * 3001)]}, "invalid_blocks"),
    ],
    ids=["unknown ts", "long text", "nothing", "bad blocks"],
)
async def test_an_update_is_refused(client: AsyncWebClient, arguments: Json, error: str) -> None:
    posted = await client.chat_postMessage(channel=OPS, text="old")
    assert await _error(client, "chat.update", **{"channel": OPS, "ts": posted["ts"]} | arguments) == error


async def test_what_a_person_wrote_is_neither_updated_nor_deleted(slack: PracticeSlack, client: AsyncWebClient) -> None:
    await slack.people.say(MAYA, OPS, "mine")
    (message,) = slack.workspace.visible_messages(OPS, MAYA)
    assert await _error(client, "chat.update", channel=OPS, ts=message.ts, text="yours") == "cant_update_message"
    assert await _error(client, "chat.delete", channel=OPS, ts=message.ts) == "cant_delete_message"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"channel": "C0NOSUCH00", "text": "x"}, "channel_not_found"),
        ({"channel": GENERAL, "text": "x"}, "not_in_channel"),
        ({"blocks": [section("x" * 2900) for _ in range(5)]}, "msg_blocks_too_long"),
        ({"blocks": [section("x") for _ in range(51)]}, "invalid_blocks"),
        ({"attachments": [{"blocks": [{"type": "nosuch"}]}]}, "invalid_attachments"),
        ({"text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_format"),
        ({"text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_message_is_refused_whole(
    slack: PracticeSlack, client: AsyncWebClient, arguments: Json, error: str
) -> None:
    assert await _error(client, "chat.postMessage", **{"channel": OPS} | arguments) == error
    assert slack.workspace.visible_messages(OPS, MAYA) == []


async def test_a_private_channel_is_unknown_to_an_app_outside(slack: PracticeSlack, client: AsyncWebClient) -> None:
    slack.workspace.leave(LEADS, slack.installation.bot_user)
    assert await _error(client, "chat.postMessage", channel=LEADS, text="x") == "channel_not_found"


async def test_refused_blocks_are_named_by_pointers(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=OPS, text="x", blocks=[section("ok"), section("x" * 3001)])
    response = refused.value.response
    assert response["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/1/text/text]"]
    assert response["response_metadata"]["messages"] == [f"[ERROR] {response['errors'][0]}"]


async def test_a_message_to_a_person_opens_the_direct_conversation(
    slack: PracticeSlack, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel=MAYA, text="psst")
    direct = slack.workspace.im(MAYA, slack.installation.bot_user)
    assert direct is not None
    assert posted["channel"] == direct.id


async def test_blocks_without_ids_get_some_and_metadata_is_kept(client: AsyncWebClient) -> None:
    row = button("go") | {"block_id": None}
    metadata = {"event_type": "op", "event_payload": {"idem": "1"}}
    posted = await client.chat_postMessage(
        channel=OPS, text="x", blocks=[section("x"), {k: v for k, v in row.items() if v}], metadata=metadata
    )
    ids = [block["block_id"] for block in posted["message"]["blocks"]]
    assert len(set(ids)) == 2
    plain = await client.conversations_history(channel=OPS)
    full = await client.conversations_history(channel=OPS, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_history_pages_from_the_newest(client: AsyncWebClient) -> None:
    stamps = [(await client.chat_postMessage(channel=OPS, text=str(n)))["ts"] for n in range(5)]
    first = await client.conversations_history(channel=OPS, limit=2)
    second = await client.conversations_history(channel=OPS, limit=2, cursor=first["response_metadata"]["next_cursor"])
    between = await client.conversations_history(channel=OPS, oldest=stamps[1], latest=stamps[3])
    inclusive = await client.conversations_history(channel=OPS, oldest=stamps[1], latest=stamps[3], inclusive=True)
    assert [m["text"] for m in first["messages"]] == ["4", "3"]
    assert [m["text"] for m in second["messages"]] == ["2", "1"]
    assert first["has_more"] is True
    assert [m["text"] for m in between["messages"]] == ["2"]
    assert [m["text"] for m in inclusive["messages"]] == ["3", "2", "1"]


async def test_a_thread_counts_its_replies_and_shows_broadcasts(slack: PracticeSlack, client: AsyncWebClient) -> None:
    parent = (await client.chat_postMessage(channel=OPS, text="parent"))["ts"]
    quiet = (await client.chat_postMessage(channel=OPS, text="quiet", thread_ts=parent))["ts"]
    loud = await client.chat_postMessage(channel=OPS, text="loud", thread_ts=quiet, reply_broadcast=True)
    replies = await client.conversations_replies(channel=OPS, ts=parent)
    history = await client.conversations_history(channel=OPS)
    assert [m["text"] for m in replies["messages"]] == ["parent", "quiet", "loud"]
    assert replies["messages"][0]["reply_count"] == 2
    assert replies["messages"][0]["latest_reply"] == loud["ts"]
    assert [m["text"] for m in history["messages"]] == ["loud", "parent"]
    await client.chat_delete(channel=OPS, ts=quiet)
    assert slack.workspace.messages[OPS][parent].reply_count == 1


async def test_a_permalink_leads_to_this_server(slack: PracticeSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=OPS, text="x")
    link = await client.chat_getPermalink(channel=OPS, message_ts=posted["ts"])
    assert link["permalink"] == f"{slack.url}/archives/{OPS}/p{posted['ts'].replace('.', '')}"


async def test_a_scheduled_message_comes_in_time_unless_deleted(slack: PracticeSlack, client: AsyncWebClient) -> None:
    at = int(slack.clock.now()) + 60
    await client.chat_scheduleMessage(channel=OPS, text="kept", post_at=at)
    dropped = await client.chat_scheduleMessage(channel=OPS, text="dropped", post_at=at)
    await client.chat_deleteScheduledMessage(channel=OPS, scheduled_message_id=dropped["scheduled_message_id"])
    listed = await client.chat_scheduledMessages_list()
    slack.clock.turn(61)
    await until(lambda: slack.workspace.visible_messages(OPS, MAYA))
    assert [entry["text"] for entry in listed["scheduled_messages"]] == ["kept"]
    assert [m.text for m in slack.workspace.visible_messages(OPS, MAYA)] == ["kept"]
    assert await _error(client, "chat.scheduleMessage", channel=OPS, text="x", post_at=at) == "time_in_past"


async def test_a_stream_grows_until_it_is_stopped(slack: PracticeSlack, client: AsyncWebClient) -> None:
    parent = (await client.chat_postMessage(channel=OPS, text="ask"))["ts"]
    team = slack.workspace.team.id
    begun = await client.chat_startStream(
        channel=OPS, thread_ts=parent, recipient_user_id=MAYA, recipient_team_id=team, markdown_text="a"
    )
    await client.chat_appendStream(channel=OPS, ts=begun["ts"], markdown_text="b")
    await client.chat_stopStream(channel=OPS, ts=begun["ts"], markdown_text="c")
    assert slack.workspace.messages[OPS][begun["ts"]].text == "abc"
    again = await _error(client, "chat.appendStream", channel=OPS, ts=begun["ts"], markdown_text="d")
    assert again == "message_not_in_streaming_state"


@pytest.mark.parametrize("where", ["blocks", "attachments"])
async def test_a_message_holds_one_table(client: AsyncWebClient, where: str) -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    wrapped = {"type": "container", "title": {"type": "plain_text", "text": "t"}, "child_blocks": [table]}
    blocks = [table, wrapped]
    content = {"blocks": blocks} if where == "blocks" else {"attachments": [{"blocks": blocks}]}
    assert await _error(client, "chat.postMessage", channel=OPS, text="x", **content) == "invalid_attachments"


async def test_a_permalink_opens_the_conversation_in_the_page(
    slack: PracticeSlack, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    parent = (await client.chat_postMessage(channel=OPS, text="parent"))["ts"]
    reply = (await client.chat_postMessage(channel=OPS, text="reply", thread_ts=parent))["ts"]
    link = (await client.chat_getPermalink(channel=OPS, message_ts=reply))["permalink"]
    async with session.get(link, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, f"/?c={OPS}&t={parent}")
