"""What people do without an app: write, edit, react, join; and what they may not."""

import asyncio

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.composer import marked_up
from playground.slack.server import PracticeSlack
from tests.playground.slack.app import (
    DARA,
    GENERAL,
    GUS,
    JON,
    LEADS,
    LENA,
    MAYA,
    OMAR,
    OPS,
    SHARED,
    BareApp,
    Json,
    connected,
    field,
    modal,
    plain,
)


@pytest.mark.parametrize(
    ("typed", "message", "command"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("ask @jon.", "ask <@U0JON00001>.", "ask <@U0JON00001|jon>."),
        ("ask @sre-leads", "ask <!subteam^S0SRELEAD1>", "ask <!subteam^S0SRELEAD1|@sre-leads>"),
        ("@here now", "<!here> now", "<!here> now"),
        ("see #ops", "see <#C0OPS00001|ops>", "see <#C0OPS00001|ops>"),
        ("see #nowhere @nobody", "see #nowhere @nobody", "see #nowhere @nobody"),
        ("at https://x.y/z?a=1&b=2 now", "at <https://x.y/z?a=1&amp;b=2> now", "at <https://x.y/z?a=1&amp;b=2> now"),
        ("mail me@jon", "mail me@jon", "mail me@jon"),
        ("run `@jon #ops`", "run `@jon #ops`", "run `@jon #ops`"),
    ],
    ids=["entities", "person", "group", "broadcast", "channel", "unknown names", "link", "address", "code"],
)
async def test_what_is_typed_is_marked_up_as_slack_does(
    slack: PracticeSlack, typed: str, message: str, command: str
) -> None:
    assert marked_up(typed, slack.workspace, labels=False) == message
    assert marked_up(typed, slack.workspace, labels=True) == command


async def test_a_command_without_should_escape_gets_what_was_typed(slack: PracticeSlack, bare: BareApp) -> None:
    socket = await bare.ready()
    saying = asyncio.ensure_future(slack.people.say(MAYA, OPS, "/plain <@jon> & @jon"))
    envelope = await socket.frame()
    await socket.ack(envelope)
    assert (await saying).ok
    assert envelope["payload"]["text"] == "<@jon> & @jon"


@pytest.mark.parametrize(
    ("person", "channel", "failure"),
    [
        (DARA, OPS, "This account is deactivated."),
        (GUS, GENERAL, "You are not in this conversation."),
        (OMAR, OPS, "You are not in this conversation."),
        (MAYA, LEADS, "You are not in this conversation."),
        (JON, SHARED, "Join #acme-shared to write there."),
    ],
    ids=["deactivated", "guest", "other team", "private channel", "not joined"],
)
async def test_who_may_not_write_is_told_why(slack: PracticeSlack, person: str, channel: str, failure: str) -> None:
    assert (await slack.people.say(person, channel, "hello")).failure == failure
    assert (await slack.people.upload(person, channel, "x.txt", b"x")).failure == failure
    assert slack.workspace.messages[channel] == {}


async def test_people_edit_and_delete_what_they_wrote(slack: PracticeSlack) -> None:
    await slack.people.say(MAYA, OPS, "helo")
    (message,) = slack.workspace.visible_messages(OPS, MAYA)
    assert not (await slack.people.edit(JON, OPS, message.ts, "mine")).ok
    assert (await slack.people.edit(MAYA, OPS, message.ts, "hello")).ok
    edited = slack.workspace.messages[OPS][message.ts]
    assert (edited.text, edited.edited is not None) == ("hello", True)
    assert not (await slack.people.delete(JON, OPS, message.ts)).ok
    assert (await slack.people.delete(LENA, OPS, message.ts)).ok
    assert (await slack.people.delete(MAYA, OPS, message.ts)).failure == "This message is gone already."


async def test_a_reaction_comes_and_goes(slack: PracticeSlack) -> None:
    await slack.people.say(MAYA, OPS, "hello")
    (message,) = slack.workspace.visible_messages(OPS, MAYA)
    for person in (MAYA, JON, MAYA):
        assert (await slack.people.react(person, OPS, message.ts, "eyes")).ok
    (reaction,) = slack.workspace.messages[OPS][message.ts].reactions
    assert (reaction.name, reaction.users) == ("eyes", (JON,))


async def test_a_public_channel_is_joined_and_left(slack: PracticeSlack) -> None:
    assert (await slack.people.join(JON, SHARED)).ok
    assert (await slack.people.say(JON, SHARED, "hello")).ok
    await slack.people.leave(JON, SHARED)
    assert JON not in slack.workspace.channels[SHARED].members


async def test_a_mention_where_the_app_is_not_is_pointed_out(slack: PracticeSlack) -> None:
    with slack.workspace.subscribe(MAYA) as maya:
        await slack.people.say(MAYA, GENERAL, "@saas hello")
        await maya.next()
        notice = await maya.next()
    assert getattr(notice, "text", "") == "You mentioned @saas, who is not in here."
    assert list(slack.journal.deliveries) == []


async def test_an_event_without_its_scope_is_not_delivered(slack: PracticeSlack) -> None:
    slack.installation.scopes.discard("app_mentions:read")
    await slack.people.say(MAYA, OPS, "@saas hello")
    assert list(slack.journal.deliveries) == []


async def test_a_command_without_its_scope_is_no_command(slack: PracticeSlack, bare: BareApp) -> None:
    await bare.ready()
    slack.installation.scopes.discard("commands")
    assert (await slack.people.say(MAYA, OPS, "/saas help")).failure == "/saas is not a valid command."


async def test_a_deactivated_person_cannot_click(slack: PracticeSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(
        channel=OPS, text="x", blocks=[field({"type": "plain_text_input", "action_id": "a"})]
    )
    slack.admin.deactivate(MAYA)
    assert not (await slack.people.click(MAYA, OPS, posted["ts"], "b", "a")).ok


async def test_an_input_is_sent_at_once_only_if_it_dispatches(
    slack: PracticeSlack, app: AsyncApp, client: AsyncWebClient
) -> None:
    seen: list[Json] = []

    @app.action("a")
    async def typed(ack: AsyncAck, body: Json) -> None:
        seen.append(body)
        await ack()

    text = {"type": "plain_text_input", "action_id": "a"}
    quiet, loud = field(text, block_id="quiet"), field(text, block_id="loud", dispatch_action=True)
    posted = await client.chat_postMessage(channel=OPS, text="form", blocks=[quiet, loud])
    async with connected(slack, app):
        await slack.people.click(MAYA, OPS, posted["ts"], "quiet", "a", entered="first")
        await slack.people.click(MAYA, OPS, posted["ts"], "loud", "a", entered="second")
    (body,) = seen
    assert body["actions"][0]["value"] == "second"
    assert body["state"]["values"] == {
        "quiet": {"a": {"type": "plain_text_input", "value": "first"}},
        "loud": {"a": {"type": "plain_text_input", "value": "second"}},
    }


async def test_a_chosen_conversation_brings_a_response_url(
    slack: PracticeSlack, client: AsyncWebClient, bare: BareApp
) -> None:
    select = {"type": "conversations_select", "action_id": "a", "response_url_enabled": True}
    opened = await client.views_open(trigger_id=slack.stage.triggers.issue(MAYA), view=modal(field(select)))
    socket = await bare.ready()
    submitting = asyncio.ensure_future(slack.people.submit(MAYA, opened["view"]["id"], {"b": {"a": OPS}}))
    envelope = await socket.frame()
    await socket.ack(envelope)
    assert (await submitting).ok
    (url,) = envelope["payload"]["response_urls"]
    assert (url["block_id"], url["action_id"], url["channel_id"]) == ("b", "a", OPS)
    assert url["response_url"].startswith(slack.url)


async def test_a_chosen_file_is_described_to_the_app(
    slack: PracticeSlack, client: AsyncWebClient, bare: BareApp
) -> None:
    element = {"type": "file_input", "action_id": "a"}
    opened = await client.views_open(trigger_id=slack.stage.triggers.issue(MAYA), view=modal(field(element)))
    file = slack.people.store_file(MAYA, "values.yaml", b"a: 1")
    socket = await bare.ready()
    submitting = asyncio.ensure_future(slack.people.submit(MAYA, opened["view"]["id"], {"b": {"a": [file.id]}}))
    envelope = await socket.frame()
    await socket.ack(envelope)
    await submitting
    (described,) = envelope["payload"]["view"]["state"]["values"]["b"]["a"]["files"]
    assert (described["id"], described["name"], described["size"]) == (file.id, "values.yaml", 4)


async def test_the_admin_tells_the_app_of_changes(slack: PracticeSlack, bare: BareApp) -> None:
    socket = await bare.ready()
    slack.admin.set_members("S0DBA00001", (JON,))
    event = (await socket.frame())["payload"]["event"]
    assert (event["type"], event["added_users"], event["removed_users"]) == ("subteam_members_changed", [JON], [LENA])
    slack.admin.archive(GENERAL, by=LENA)
    assert (await socket.frame())["payload"]["event"]["type"] == "channel_archive"
    assert (await slack.people.say(MAYA, GENERAL, "hello")).failure == "#general is archived."


async def test_an_uninstalled_app_may_do_nothing(slack: PracticeSlack, client: AsyncWebClient) -> None:
    slack.admin.uninstall()
    reply = await client.api_call("api.test")
    assert reply["ok"]
    with pytest.raises(Exception, match="token_revoked"):
        await client.auth_test()


async def test_a_click_on_an_ephemeral_brings_no_message(
    slack: PracticeSlack, client: AsyncWebClient, bare: BareApp
) -> None:
    row = {"type": "actions", "block_id": "b", "elements": [{"type": "button", "action_id": "go", "text": plain("Go")}]}
    posted = await client.chat_postEphemeral(channel=OPS, user=MAYA, text="x", blocks=[row])
    socket = await bare.ready()
    clicking = asyncio.ensure_future(slack.people.click(MAYA, OPS, posted["message_ts"], "b", "go"))
    envelope = await socket.frame()
    await socket.ack(envelope)
    assert (await clicking).ok
    assert "message" not in envelope["payload"]
    assert envelope["payload"]["container"]["is_ephemeral"] is True
    assert not (await slack.people.click(JON, OPS, posted["message_ts"], "b", "go")).ok


async def test_nobody_clicks_in_a_channel_that_he_cannot_see(slack: PracticeSlack, client: AsyncWebClient) -> None:
    row = {"type": "actions", "block_id": "b", "elements": [{"type": "button", "action_id": "go", "text": plain("Go")}]}
    posted = await client.chat_postMessage(channel=LEADS, text="x", blocks=[row])
    assert (await slack.people.click(MAYA, LEADS, posted["ts"], "b", "go")).failure == "This message is gone already."
    outcome = await slack.people.shortcut(MAYA, "alert_actions", channel=LEADS, message_ts=posted["ts"])
    assert outcome.failure == "This message is gone already."
    assert list(slack.journal.deliveries) == []
