"""The control API: what it breaks, whom it lets act, what it shows, and whom it refuses."""

import json
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.mischief import MISCHIEF
from playground.slack.server import PracticeSlack
from tests.playground.slack.app import MAYA, OPS, BareApp, Json, button, connected, until


class Panel:
    def __init__(self, slack: PracticeSlack, session: aiohttp.ClientSession) -> None:
        self._slack = slack
        self._session = session

    async def post(self, path: str, **body: Any) -> Json:
        async with self._session.post(f"{self._slack.url}/_control/{path}", json=body) as response:
            reply: Json = await response.json()
            return reply | {"status": response.status}

    async def get(self, path: str) -> Any:
        async with self._session.get(f"{self._slack.url}/_control/{path}") as response:
            return json.loads(await response.text())


@pytest.fixture
def panel(slack: PracticeSlack, session: aiohttp.ClientSession) -> Panel:
    return Panel(slack, session)


async def _error(client: AsyncWebClient, method: str = "auth.test") -> tuple[int, str]:
    try:
        await client.api_call(method)
    except SlackApiError as error:
        data = error.response.data
        return error.response.status_code, data["error"] if isinstance(data, dict) else ""
    return 200, ""


async def test_a_lost_answer_leaves_what_was_asked_done(
    panel: Panel, slack: PracticeSlack, client: AsyncWebClient
) -> None:
    await panel.post("break/lose", method="chat.postMessage", count=1)
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=OPS, text="heard")
    assert [message.text for message in slack.workspace.messages[OPS].values()] == ["heard"]


@pytest.mark.parametrize(
    ("fault", "arguments", "status", "code"),
    [
        ("throttle", {"count": 1}, 429, "ratelimited"),
        ("revoke", {}, 200, "token_revoked"),
        ("throttle", {"method": "chat.update"}, 200, ""),
    ],
    ids=["429", "revoked token", "429 of another method"],
)
async def test_a_fault_shows_in_the_next_call_and_can_be_mended(
    client: AsyncWebClient, panel: Panel, fault: str, arguments: Json, status: int, code: str
) -> None:
    assert (await panel.post(f"break/{fault}", **arguments))["ok"]
    assert await _error(client) == (status, code)
    await panel.post("break/mend")
    assert await _error(client) == (200, "")


async def test_an_error_page_is_no_json(slack: PracticeSlack, panel: Panel, session: aiohttp.ClientSession) -> None:
    await panel.post("break/fail", status=502, count=1)
    async with session.post(f"{slack.api_url}auth.test") as response:
        assert (response.status, response.content_type) == (502, "text/html")


async def test_a_scope_taken_away_is_missed_at_once(client: AsyncWebClient, panel: Panel) -> None:
    await panel.post("break/remove-scope", scope="users:read")
    with pytest.raises(SlackApiError, match="missing_scope"):
        await client.users_info(user=MAYA)


async def test_a_switched_off_socket_mode_ends_connections_and_gives_no_tickets(
    client: AsyncWebClient, slack: PracticeSlack, bare: BareApp, panel: Panel
) -> None:
    socket = await bare.ready()
    await panel.post("break/link-disabled")
    assert (await socket.frame())["reason"] == "link_disabled"
    with pytest.raises(SlackApiError, match="link_disabled"):
        await client.apps_connections_open(app_token=slack.app_token)


async def test_a_refused_handshake_needs_a_new_ticket(bare: BareApp, panel: Panel) -> None:
    await panel.post("break/refuse")
    url = await bare.url()
    for _ in range(2):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await bare.connect(url)
    assert (await (await bare.connect()).frame())["type"] == "hello"


async def test_an_event_may_come_twice(slack: PracticeSlack, bare: BareApp, panel: Panel) -> None:
    socket = await bare.ready()
    await panel.post("break/duplicate")
    await slack.people.say(MAYA, OPS, "@saas hello")
    frames = [await socket.frame(), await socket.frame()]
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert len({frame["envelope_id"] for frame in frames}) == 2


async def test_an_event_may_come_late(slack: PracticeSlack, bare: BareApp, panel: Panel) -> None:
    socket = await bare.ready()
    await panel.post("break/late", seconds=30)
    await slack.people.say(MAYA, OPS, "@saas hello")
    said_at = slack.clock.now()
    slack.clock.turn(30)
    assert (await socket.frame())["payload"]["event_time"] == int(said_at)


async def test_time_can_be_turned_and_hurried(slack: PracticeSlack, panel: Panel) -> None:
    before = slack.clock.now()
    await panel.post("break/turn", seconds=3600)
    assert slack.clock.now() == before + 3600
    await panel.post("break/scale", scale=60)
    assert slack.clock.scale == 60


@pytest.mark.parametrize("name", sorted(MISCHIEF))
async def test_everything_that_is_listed_can_be_broken_without_arguments(panel: Panel, name: str) -> None:
    listed = await panel.get("")
    assert listed["break"][name] == (await panel.post(f"break/{name}"))["says"]


async def test_what_cannot_be_broken_is_said(panel: Panel) -> None:
    unknown, bad = await panel.post("break/everything"), await panel.post("break/turn", seconds="soon")
    assert (unknown["status"], bad["status"]) == (404, 400)
    assert "GET /_control/" in unknown["error"]


async def test_the_state_shows_connections_deliveries_calls_and_limits(
    slack: PracticeSlack, app: AsyncApp, client: AsyncWebClient, panel: Panel
) -> None:
    @app.command("/saas")
    async def saas(ack: AsyncAck) -> None:
        await ack("ok")

    async with connected(slack, app):
        await panel.post("act/say", person="maya", channel="ops", text="/saas help")
        await client.chat_postMessage(channel=OPS, text="hello")
        state = await panel.get("state")
    (delivery,) = state["deliveries"]
    assert len(state["connections"]) == 1
    assert (delivery["about"], delivery["outcome"], delivery["response"]) == ("/saas help", "acked", {"text": "ok"})
    assert 0 < delivery["ack_ms"] < 3000
    assert [call["method"] for call in state["calls"]][-1] == "chat.postMessage"
    assert state["limits"][f"chat.postMessage {OPS}"] == 0.1
    assert slack.bot_token not in json.dumps(state)
    assert slack.app_token not in json.dumps(state)


async def test_a_program_may_act_as_a_person(
    slack: PracticeSlack, client: AsyncWebClient, bare: BareApp, panel: Panel
) -> None:
    await panel.post("act/say", person="maya", channel="ops", text="hello")
    refused = await panel.post("act/say", person="nobody", channel="ops", text="hello")
    missing = await panel.post("act/click", person="maya", channel="ops")
    posted = await client.chat_postMessage(channel=OPS, text="x", blocks=[button("go")])
    clicked = await panel.post(
        "act/click", person="jon", channel="ops", message_ts=posted["ts"], block_id="b", action_id="go"
    )
    assert [m.text for m in slack.workspace.visible_messages(OPS, MAYA)] == ["hello", "x"]
    assert (refused["status"], missing["status"]) == (400, 400)
    assert "is not connected" in clicked["failure"]


async def test_a_recording_is_replayed_to_the_app_with_fresh_proofs(
    slack: PracticeSlack, app: AsyncApp, panel: Panel, session: aiohttp.ClientSession
) -> None:
    seen: list[Json] = []

    @app.command("/saas")
    async def saas(ack: AsyncAck, command: Json) -> None:
        seen.append(command)
        await ack()

    async with connected(slack, app):
        await slack.people.say(MAYA, OPS, "/saas help")
        async with session.get(f"{slack.url}/_control/recording") as response:
            recording = await response.text()
        async with session.post(f"{slack.url}/_control/replay", data=recording.encode()) as response:
            reply = await response.json()
    assert reply == {"ok": True, "outcomes": ["acked"]}
    first, second = seen
    assert first["text"] == second["text"]
    assert first["trigger_id"] != second["trigger_id"]
    assert first["response_url"] != second["response_url"]


async def test_a_broken_recording_is_refused(slack: PracticeSlack, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{slack.url}/_control/replay", data=b"no json") as response:
        assert response.status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
    ids=["foreign host", "foreign page", "sandboxed page", "another local port"],
)
@pytest.mark.parametrize("path", ["/_control/state", "/api/auth.test", "/link/?ticket=x", "/files/F0/x"])
async def test_a_foreign_page_is_refused(
    slack: PracticeSlack, session: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    async with session.get(f"{slack.url}{path}", headers=headers) as response:
        assert response.status == 403


async def test_latency_delays_each_call(slack: PracticeSlack, client: AsyncWebClient, panel: Panel) -> None:
    await panel.post("break/latency", milliseconds=20)
    await client.auth_test()
    await until(lambda: slack.journal.calls)
    assert slack.journal.calls[-1].ms >= 20
