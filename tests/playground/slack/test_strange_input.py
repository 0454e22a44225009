"""Whatever an app sends, Slack answers with an error of its own and never breaks."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.api.table import METHODS
from playground.slack.blockkit.blocks import BLOCKS, Surface
from playground.slack.blockkit.judge import problems, with_ids
from playground.slack.clock import Clock
from playground.slack.composer import marked_up
from playground.slack.ids import Ids
from playground.slack.installation import TokenKind
from playground.slack.manifest import parse_manifest
from playground.slack.server import PracticeSlack
from playground.slack.world import installation, populated
from tests.playground.slack.app import MANIFEST, MAYA, OPS, BareApp, Json, field, modal, section

NAMES = ("type", "text", "elements", "element", "accessory", "blocks", "child_blocks", "rows", "chart", "title", "x")
KINDS = sorted({*BLOCKS[Surface.MESSAGE], "button", "plain_text", "mrkdwn", "rich_text_section", "raw_text", "pie"})
LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(KINDS)
VALUE = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
)
BLOCK = st.dictionaries(st.sampled_from(NAMES), VALUE, max_size=5) | VALUE


@given(st.lists(BLOCK, max_size=4) | VALUE, st.sampled_from(Surface))
def test_any_json_is_judged_and_what_is_taken_gets_ids(blocks: Any, surface: Surface) -> None:
    if not problems(blocks, surface):
        made = with_ids(blocks, Ids(Clock(scale=0)))
        assert all(block["block_id"] for block in made)


@given(st.text())
def test_no_typed_text_carries_markup_of_its_own(text: str) -> None:
    workspace = populated(installation(parse_manifest(MANIFEST)), Clock(scale=0))
    marked = marked_up(text, workspace, labels=False)
    opened = [part.split(">")[0] for part in marked.split("<")[1:]]
    assert all(part.startswith(("@U", "#C", "!", "http")) for part in opened)


ODD: tuple[Callable[[random.Random], Any], ...] = (
    lambda _r: None,
    lambda r: r.randint(-10, 10),
    lambda r: r.choice(["", "x" * 5000, "\u202e", "1.000000", "{bad", "[]", MAYA, OPS, "next:3"]),
    lambda _r: [section("x"), {"type": []}, 3],
    lambda _r: {"type": "modal", "blocks": 5, "title": {"type": "plain_text", "text": "x"}},
    lambda _r: modal(section("x")),
    lambda _r: [OPS, {"id": "F1"}],
    lambda _r: {"event_type": 1, "event_payload": []},
)
PLAUSIBLE: Json = {
    **dict.fromkeys(("channel", "channel_id"), OPS),
    **dict.fromkeys(("user", "user_id", "recipient_user_id"), MAYA),
    **dict.fromkeys(("text", "title", "topic", "purpose", "username", "markdown_text", "recipient_team_id"), "x"),
    **dict.fromkeys(("view", "blocks", "attachments", "metadata", "message", "thread_ts", "cursor", "hash"), None),
    **dict.fromkeys(("oldest", "latest", "external_id"), None),
    "users": [MAYA],
    "name": "eyes",
    "filename": "x.log",
    "length": 3,
    "limit": 5,
    "files": [{"id": "F1"}],
    "file": "F1",
    "type": "link",
    "link": "https://x",
    "email": "maya@saasodoo.example",
    "usergroup": "S0SRE00001",
    "types": "im",
    "post_at": 1_790_000_100,
    "trigger_id": "1.2.3",
    "view_id": "V1",
    "bookmark_id": "Bk1",
    "scheduled_message_id": "Q1",
}


@pytest.mark.parametrize("name", sorted(METHODS))
async def test_a_method_answers_odd_arguments_with_an_error_of_slack(
    slack: PracticeSlack, session: aiohttp.ClientSession, name: str
) -> None:
    chance = random.Random(name)
    token = slack.app_token if METHODS[name].token is TokenKind.APP else slack.bot_token
    ts = slack.workspace.post(OPS, user=slack.installation.bot_user, bot_id=slack.installation.bot_id, text="x").ts
    for _ in range(80):
        slack.clock.turn(60)
        arguments = PLAUSIBLE | {"ts": ts, "timestamp": ts, "message_ts": ts}
        arguments |= {key: chance.choice(ODD)(chance) for key in chance.sample(sorted(arguments), 8)}
        headers = {"Authorization": f"Bearer {token}"}
        async with session.post(f"{slack.api_url}{name}", json=arguments, headers=headers) as response:
            assert response.status == 200, arguments
            assert isinstance((await response.json())["ok"], bool)


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b"null"], ids=["cut off", "a list", "no text", "null"])
async def test_a_broken_body_is_answered(slack: PracticeSlack, session: aiohttp.ClientSession, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json"}
    async with session.post(f"{slack.api_url}chat.postMessage", data=body, headers=headers) as response:
        assert response.status == 200
        assert (await response.json())["error"] in ("invalid_json", "channel_not_found")


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": ["b"]},
        {"response_action": "errors", "errors": {"nosuch": "x"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "push", "view": 3},
    ],
    ids=["errors as a list", "errors of no input", "a bad view", "no view"],
)
async def test_an_answer_that_slack_does_not_take_keeps_the_modal_open(
    slack: PracticeSlack, bare: BareApp, client: AsyncWebClient, answer: Json
) -> None:
    view = modal(field({"type": "plain_text_input", "action_id": "a"}))
    opened = await client.views_open(trigger_id=slack.stage.triggers.issue(MAYA), view=view)
    socket = await bare.ready()
    submitting = asyncio.ensure_future(slack.people.submit(MAYA, opened["view"]["id"], {"b": {"a": "x"}}))
    await socket.ack(await socket.frame(), answer)
    assert (await submitting).failure == "We had some trouble connecting. Try again?"
    assert len(slack.workspace.views_of(MAYA)) == 1


@pytest.mark.parametrize("answer", [{"options": 3}, {"options": [{"text": "x"}]}, {}], ids=["number", "bad", "nothing"])
async def test_bad_suggestions_are_not_shown(slack: PracticeSlack, bare: BareApp, answer: Json) -> None:
    message = slack.workspace.post(OPS, user="U", bot_id="B", text="x")
    socket = await bare.ready()
    asking = asyncio.ensure_future(slack.people.suggest(MAYA, message, "b", "a", "x"))
    await socket.ack(await socket.frame(), answer)
    assert await asking == []


@pytest.mark.parametrize(
    "frame", ["{", "[]", '{"envelope_id": []}', '{"envelope_id": "unknown"}', '{"envelope_id": "x", "payload": 3}']
)
async def test_a_strange_frame_does_not_end_the_connection(slack: PracticeSlack, bare: BareApp, frame: str) -> None:
    socket = await bare.ready()
    await socket.socket.send_str(frame)
    saying = asyncio.ensure_future(slack.people.say(MAYA, OPS, "/saas help"))
    await socket.ack(await socket.frame())
    assert (await saying).ok
