"""The table of the Web API, row by row: tokens and scopes; and what the smaller families do."""

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.api.table import METHODS
from playground.slack.installation import TokenKind
from playground.slack.server import PracticeSlack
from tests.playground.slack.app import DARA, GENERAL, JON, LEADS, MAYA, OMAR, OPS, Json, modal, plain, section

GUARDED = sorted(name for name in METHODS if name != "api.test")
SCOPED = [name for name in GUARDED if METHODS[name].scopes]


async def call(client: AsyncWebClient, method: str, /, **arguments: Any) -> Json:
    try:
        reply = await client.api_call(method, params=arguments)
    except SlackApiError as refused:
        reply = refused.response
    assert isinstance(reply.data, dict)
    return reply.data


async def error(client: AsyncWebClient, method: str, /, **arguments: Any) -> str:
    return str((await call(client, method, **arguments))["error"])


@pytest.mark.parametrize("name", GUARDED)
async def test_every_method_asks_for_its_own_kind_of_token(
    slack: PracticeSlack, session: aiohttp.ClientSession, name: str
) -> None:
    other = slack.bot_token if METHODS[name].token is TokenKind.APP else slack.app_token
    headers: list[dict[str, str]] = [{}, {"Authorization": "Bearer xoxb-no"}, {"Authorization": f"Bearer {other}"}]
    errors = []
    for header in headers:
        async with session.post(f"{slack.api_url}{name}", headers=header) as response:
            errors.append((await response.json())["error"])
    assert errors == ["not_authed", "invalid_auth", "not_allowed_token_type"]


@pytest.mark.parametrize("name", SCOPED)
async def test_every_method_needs_its_scope(slack: PracticeSlack, client: AsyncWebClient, name: str) -> None:
    slack.installation.scopes.clear()
    slack.installation.scopes.add("commands")
    reply = await call(client, name)
    assert (reply["error"], reply["provided"]) == ("missing_scope", "commands")
    assert reply["needed"].split(",") == list(METHODS[name].scopes)


@pytest.mark.parametrize(
    ("verb", "place"),
    [("GET", "params"), ("POST", "params"), ("POST", "data"), ("POST", "json")],
    ids=["query of GET", "query of POST", "form", "json"],
)
async def test_arguments_are_read_wherever_they_are(
    slack: PracticeSlack, session: aiohttp.ClientSession, verb: str, place: str
) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    given: Any = {place: {"user": MAYA}}
    async with session.request(verb, f"{slack.api_url}users.info", headers=headers, **given) as response:
        reply = await response.json()
    assert reply["user"]["name"] == "maya"
    assert response.headers["x-oauth-scopes"] == ",".join(sorted(slack.installation.scopes))
    assert response.headers["x-slack-req-id"]


async def test_the_token_may_be_an_argument(slack: PracticeSlack, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{slack.api_url}auth.test", data={"token": slack.bot_token}) as response:
        assert (await response.json())["user_id"] == slack.installation.bot_user


async def test_an_unknown_method_is_unknown(client: AsyncWebClient) -> None:
    assert await error(client, "chat.shout") == "unknown_method"


async def test_a_revoked_token_is_refused(slack: PracticeSlack, client: AsyncWebClient) -> None:
    await client.auth_revoke(test=True)
    assert (await client.auth_test())["ok"]
    await client.auth_revoke()
    assert await error(client, "auth.test") == "token_revoked"


async def test_an_address_is_shown_only_with_its_scope(slack: PracticeSlack, client: AsyncWebClient) -> None:
    with_scope = (await client.users_info(user=MAYA))["user"]["profile"]
    slack.installation.scopes.discard("users:read.email")
    without = (await client.users_info(user=MAYA))["user"]["profile"]
    assert with_scope["email"] == "maya@saasodoo.example"
    assert "email" not in without
    assert await error(client, "users.lookupByEmail", email="maya@saasodoo.example") == "missing_scope"


@pytest.mark.parametrize(
    ("person", "flags"),
    [
        (MAYA, {"deleted": False, "is_restricted": False, "is_bot": False, "team_id": "T0SAASODOO"}),
        ("U0GUS00001", {"is_restricted": True}),
        (OMAR, {"is_stranger": True, "team_id": "T0ACMECORP"}),
        (DARA, {"deleted": True}),
        ("U0SAASBOT1", {"is_bot": True}),
    ],
    ids=["member", "guest", "stranger", "deactivated", "bot"],
)
async def test_people_are_what_their_flags_say(client: AsyncWebClient, person: str, flags: Json) -> None:
    user = (await client.users_info(user=person))["user"]
    assert {name: user.get(name) for name in flags} == flags


async def test_people_are_found_by_address_and_in_pages(client: AsyncWebClient) -> None:
    found = await client.users_lookupByEmail(email="JON@saasodoo.example")
    first = await client.users_list(limit=4)
    rest = await client.users_list(limit=10, cursor=first["response_metadata"]["next_cursor"])
    names = [member["name"] for member in [*first["members"], *rest["members"]]]
    assert found["user"]["id"] == JON
    assert names == ["maya", "jon", "lena", "vera", "gus", "dara", "saas"]
    assert await error(client, "users.lookupByEmail", email="dara@saasodoo.example") == "users_not_found"
    assert await error(client, "users.list", cursor="nonsense") == "invalid_cursor"


async def test_groups_list_their_members_and_changes_are_told(client: AsyncWebClient) -> None:
    listed = {g["handle"]: g for g in (await client.usergroups_list(include_users=True))["usergroups"]}
    members = await client.usergroups_users_list(usergroup=listed["sre"]["id"])
    changed = await client.usergroups_users_update(usergroup=listed["dba"]["id"], users=[JON, MAYA])
    assert set(listed) == {"sre", "dba", "sre-leads"}
    assert members["users"] == listed["sre"]["users"]
    assert changed["usergroup"]["user_count"] == 2
    assert await error(client, "usergroups.users.list", usergroup="S0") == "no_such_subteam"


async def test_a_group_is_made_renamed_and_switched_off_and_on(slack: PracticeSlack, client: AsyncWebClient) -> None:
    made = (await client.usergroups_create(name="On call"))["usergroup"]
    assert (made["handle"], made["user_count"]) == ("on-call", 0)
    assert await error(client, "usergroups.create", name="Other", handle="sre") == "name_already_exists"
    renamed = (await client.usergroups_update(usergroup=made["id"], handle="pager"))["usergroup"]
    assert (renamed["handle"], renamed["name"]) == ("pager", "On call")
    await client.usergroups_disable(usergroup=made["id"])
    assert "pager" not in {group["handle"] for group in (await client.usergroups_list())["usergroups"]}
    await client.usergroups_enable(usergroup=made["id"])
    assert "pager" in {group["handle"] for group in (await client.usergroups_list())["usergroups"]}


async def test_an_assistants_thread_has_status_title_and_prompts(client: AsyncWebClient) -> None:
    thread = {"channel_id": OPS, "thread_ts": (await client.chat_postMessage(channel=OPS, text="x"))["ts"]}
    await client.assistant_threads_setStatus(**thread, status="is looking")
    await client.assistant_threads_setTitle(**thread, title="The queue")
    await client.assistant_threads_setSuggestedPrompts(**thread, prompts=[{"title": "Why?", "message": "why web"}])
    for prompts in ([], [{"title": "Why?"}]):
        method = "assistant.threads.setSuggestedPrompts"
        assert await error(client, method, **thread, prompts=json.dumps(prompts)) == "invalid_arguments"


async def test_conversations_are_listed_as_the_app_may_see_them(slack: PracticeSlack, client: AsyncWebClient) -> None:
    public = await client.conversations_list()
    private = await client.conversations_list(types="private_channel")
    slack.workspace.leave(LEADS, slack.installation.bot_user)
    hidden = await client.conversations_list(types="private_channel")
    assert [c["name"] for c in public["channels"]] == ["ops", "alerts", "general", "acme-shared"]
    assert [c["name"] for c in private["channels"]] == ["platform-leads"]
    assert hidden["channels"] == []
    assert await error(client, "conversations.info", channel=LEADS) == "channel_not_found"


async def test_a_channel_is_made_filled_described_and_archived(client: AsyncWebClient) -> None:
    made = (await client.conversations_create(name="inc-341"))["channel"]["id"]
    await client.conversations_invite(channel=made, users=[MAYA, JON])
    await client.conversations_setTopic(channel=made, topic="database refuses passwords")
    members = await client.conversations_members(channel=made)
    info = (await client.conversations_info(channel=made))["channel"]
    await client.conversations_archive(channel=made)
    assert members["members"] == ["U0SAASBOT1", MAYA, JON]
    assert info["topic"]["value"] == "database refuses passwords"
    assert await error(client, "chat.postMessage", channel=made, text="x") == "is_archived"
    assert await error(client, "conversations.create", name="inc-341") == "name_taken"
    assert await error(client, "conversations.create", name="Bad Name") == "invalid_name_specials"


async def test_a_direct_conversation_is_opened_once(client: AsyncWebClient) -> None:
    first = await client.conversations_open(users=MAYA)
    again = await client.conversations_open(users=[MAYA])
    assert first["channel"]["id"] == again["channel"]["id"]
    assert again["already_open"] is True
    assert await error(client, "conversations.open", users=DARA) == "user_disabled"


async def test_a_public_channel_is_joined_before_it_is_written_to(client: AsyncWebClient) -> None:
    assert await error(client, "chat.postMessage", channel=GENERAL, text="x") == "not_in_channel"
    await client.conversations_join(channel=GENERAL)
    await client.chat_postMessage(channel=GENERAL, text="x")


async def test_a_file_is_uploaded_in_three_steps_and_shown(slack: PracticeSlack, client: AsyncWebClient) -> None:
    parent = (await client.chat_postMessage(channel=OPS, text="logs"))["ts"]
    uploaded = await client.files_upload_v2(
        channel=OPS, content="line 1", filename="pod.log", title="Log", initial_comment="Here", thread_ts=parent
    )
    info = await client.files_info(file=uploaded["files"][0]["id"])
    reply = slack.workspace.replies(OPS, parent)[-1]
    assert (reply.text, reply.subtype, len(reply.files)) == ("Here", "file_share", 1)
    assert slack.workspace.files[reply.files[0]].content == b"line 1"
    assert info["file"]["size"] == 6
    assert info["file"]["channels"] == [OPS]


async def test_a_file_goes_only_to_channels_that_the_app_is_in(slack: PracticeSlack, client: AsyncWebClient) -> None:
    slack.installation.scopes.add("chat:write.public")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.files_upload_v2(channel=GENERAL, content="x", filename="x.txt")
    assert await error(client, "files.getUploadURLExternal", filename="x", length=0) == "invalid_arguments"
    assert await error(client, "files.completeUploadExternal", files='[{"id": "F0"}]') == "file_not_found"


async def test_reactions_pins_and_bookmarks_come_and_go(slack: PracticeSlack, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=OPS, text="x"))["ts"]
    await client.reactions_add(channel=OPS, timestamp=ts, name="eyes")
    await client.pins_add(channel=OPS, timestamp=ts)
    mark = await client.bookmarks_add(channel_id=OPS, title="Runbook", type="link", link="https://x")
    shown = (await client.reactions_get(channel=OPS, timestamp=ts))["message"]["reactions"]
    assert shown == [{"name": "eyes", "users": [slack.installation.bot_user], "count": 1}]
    assert await error(client, "reactions.add", channel=OPS, timestamp=ts, name="eyes") == "already_reacted"
    assert await error(client, "pins.add", channel=OPS, timestamp=ts) == "already_pinned"
    await client.reactions_remove(channel=OPS, timestamp=ts, name="eyes")
    await client.pins_remove(channel=OPS, timestamp=ts)
    await client.bookmarks_remove(channel_id=OPS, bookmark_id=mark["bookmark"]["id"])
    assert slack.workspace.messages[OPS][ts].reactions == ()
    assert (slack.workspace.channels[OPS].pins, slack.workspace.channels[OPS].bookmarks) == ((), ())


@pytest.mark.parametrize(
    ("arguments", "reply"),
    [
        ({"blocks": [section("x")]}, {"ok": True}),
        (
            {"blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]},
            {
                "ok": False,
                "error": "invalid_blocks",
                "errors": [{"pointer": "/0/text", "code": "failed_constraint", "message": "unsupported type: mrkdwn"}],
            },
        ),
        ({"message": {"text": "x", "blocks": []}}, {"ok": True}),
        ({"view": modal(section("x"))}, {"ok": True}),
        (
            {"view": {"type": "modal", "title": plain("x")}},
            {
                "ok": False,
                "error": "invalid_view",
                "errors": [{"pointer": "", "code": "missing_field", "message": "missing required field: blocks"}],
            },
        ),
        ({}, {"ok": False, "error": "invalid_arguments"}),
        ({"blocks": [], "view": {}}, {"ok": False, "error": "invalid_arguments"}),
    ],
    ids=["good blocks", "bad block", "good message", "good view", "bad view", "nothing", "two at once"],
)
async def test_blocks_are_judged_without_being_shown(client: AsyncWebClient, arguments: Json, reply: Json) -> None:
    try:
        found = (await client.api_call("blocks.validate", json=arguments)).data
    except SlackApiError as refused:
        found = refused.response.data
    assert found == reply


async def test_the_app_learns_where_it_is(slack: PracticeSlack, client: AsyncWebClient) -> None:
    assert (await client.team_info())["team"]["name"] == "SaaSOdoo"
    assert (await client.bots_info())["bot"]["user_id"] == slack.installation.bot_user
    assert (await client.emoji_list())["emoji"] == {}
    assert (await client.users_getPresence(user=MAYA))["presence"] == "active"
    assert OPS in [channel["id"] for channel in (await client.users_conversations(user=MAYA))["channels"]]


async def test_the_bytes_of_a_file_are_for_who_holds_the_bot_token(
    slack: PracticeSlack, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    uploaded = await client.files_upload_v2(channel=OPS, content="<b>log</b>", filename="a b.html")
    url = uploaded["files"][0]["url_private"]
    async with session.get(url) as refused:
        assert refused.status == 403
    async with session.get(url, headers={"Authorization": f"Bearer {slack.bot_token}"}) as response:
        assert await response.text() == "<b>log</b>"
        assert response.headers["Content-Disposition"] == "attachment"
