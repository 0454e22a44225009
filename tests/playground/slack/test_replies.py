"""Answers to one person: acks with text, response_url, ephemerals."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from playground.slack.changes import MessageChanged
from playground.slack.server import PracticeSlack
from tests.playground.slack.app import DARA, GENERAL, JON, MAYA, OPS, BareApp, Json, button, section


@pytest.fixture
async def card(client: AsyncWebClient) -> str:
    posted = await client.chat_postMessage(channel=OPS, text="card", blocks=[button("go")])
    return str(posted["ts"])


@pytest.fixture
async def answer(slack: PracticeSlack, bare: BareApp, session: aiohttp.ClientSession, card: str) -> AsyncWebhookClient:
    """Maya clicked: a client for the response_url that the app got."""
    socket = await bare.ready()
    clicking = asyncio.ensure_future(slack.people.click(MAYA, OPS, card, "b", "go"))
    envelope: Json = await socket.frame()
    await socket.ack(envelope)
    await clicking
    return AsyncWebhookClient(envelope["payload"]["response_url"], session=session)


async def test_an_answer_is_ephemeral_for_whoever_acted(slack: PracticeSlack, answer: AsyncWebhookClient) -> None:
    with slack.workspace.subscribe(MAYA) as maya, slack.workspace.subscribe(JON) as jon:
        await answer.send(text="only you")
        await answer.send(text="everybody", response_type="in_channel")
        assert isinstance(await maya.next(), MessageChanged)
        (shown,) = slack.workspace.ephemerals_of(OPS, MAYA)
        heard = await jon.next()
    assert shown.text == "only you"
    assert slack.workspace.ephemerals_of(OPS, JON) == []
    assert isinstance(heard, MessageChanged)
    everybody = slack.workspace.message(OPS, heard.ts, seen_by=JON)
    assert everybody is not None
    assert everybody.text == "everybody"


async def test_a_response_url_works_five_times(slack: PracticeSlack, answer: AsyncWebhookClient) -> None:
    replies = [await answer.send(text=str(n)) for n in range(6)]
    assert [reply.status_code for reply in replies] == [200] * 5 + [404]
    assert "used_url" in str(replies[-1].body)
    assert len(slack.workspace.ephemerals_of(OPS, MAYA)) == 5


async def test_a_response_url_works_for_thirty_minutes(slack: PracticeSlack, answer: AsyncWebhookClient) -> None:
    slack.clock.turn(1799)
    assert (await answer.send(text="in time")).status_code == 200
    slack.clock.turn(1)
    assert "expired_url" in str((await answer.send(text="late")).body)


async def test_an_answer_may_replace_and_delete_the_original(
    slack: PracticeSlack, answer: AsyncWebhookClient, card: str
) -> None:
    await answer.send(text="replaced", replace_original=True)
    replaced = slack.workspace.messages[OPS][card]
    await answer.send(delete_original=True)
    assert (replaced.text, replaced.blocks) == ("replaced", ())
    assert card not in slack.workspace.messages[OPS]


async def test_an_answer_goes_to_the_thread_that_it_names(
    slack: PracticeSlack, answer: AsyncWebhookClient, card: str
) -> None:
    await answer.send_dict({"text": "there", "thread_ts": card, "response_type": "in_channel"})
    assert [m.text for m in slack.workspace.replies(OPS, card)] == ["card", "there"]


@pytest.mark.parametrize(
    ("body", "error"),
    [({"text": ""}, "no_text"), ({"blocks": [{"type": "alert"}]}, "invalid_blocks")],
    ids=["nothing", "bad blocks"],
)
async def test_a_bad_answer_is_refused(answer: AsyncWebhookClient, body: Json, error: str) -> None:
    assert error in str((await answer.send_dict(body)).body)


async def test_an_answer_may_be_longer_than_a_message(slack: PracticeSlack, answer: AsyncWebhookClient) -> None:
    blocks = [section("x" * 2900) for _ in range(6)]
    assert (await answer.send(text="long", blocks=blocks)).status_code == 200


async def test_an_ephemeral_is_for_one_person_and_gone_after_a_reload(
    slack: PracticeSlack, client: AsyncWebClient
) -> None:
    posted = await client.chat_postEphemeral(channel=OPS, user=MAYA, text="psst")
    history = await client.conversations_history(channel=OPS)
    assert slack.workspace.message(OPS, posted["message_ts"], seen_by=MAYA) is not None
    assert slack.workspace.message(OPS, posted["message_ts"], seen_by=JON) is None
    assert slack.workspace.visible_messages(OPS, MAYA) == []
    assert history["messages"] == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"user": DARA, "text": "x"}, "user_not_in_channel"),
        ({"user": MAYA}, "no_text"),
        ({"user": MAYA, "text": "x", "attachments": [{"blocks": [section("x")]}]}, "invalid_attachments"),
        ({"user": MAYA, "text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
        ({"user": MAYA, "text": "x", "channel": GENERAL}, "not_in_channel"),
    ],
    ids=["not in the channel", "nothing to show", "blocks in attachments", "no such thread", "app not in the channel"],
)
async def test_an_ephemeral_is_refused(client: AsyncWebClient, arguments: Json, error: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.postEphemeral", json={"channel": OPS} | arguments)
    assert refused.value.response["error"] == error


async def test_an_ephemeral_cannot_be_updated(client: AsyncWebClient) -> None:
    posted = await client.chat_postEphemeral(channel=OPS, user=MAYA, text="psst")
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel=OPS, ts=posted["message_ts"], text="louder")
