"""Modals, the home and selects: from bolt through the practice Slack and back."""

from collections.abc import Iterator

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.server import PracticeSlack
from tests.playground.slack.app import JON, MAYA, OPS, Json, button, connected, field, modal, plain, section, until

TEXT = {"type": "plain_text_input", "action_id": "a"}


async def test_a_modal_is_opened_corrected_and_submitted(slack: PracticeSlack, app: AsyncApp) -> None:
    submitted: list[Json] = []

    @app.command("/saas")
    async def saas(ack: AsyncAck, command: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=modal(field(TEXT), private_metadata="op-1"))

    @app.view("m")
    async def check(ack: AsyncAck, view: Json) -> None:
        submitted.append(view)
        given = view["state"]["values"]["b"]["a"]["value"]
        await (ack() if given == "42" else ack(response_action="errors", errors={"b": "Must be 42"}))

    async with connected(slack, app):
        await slack.people.say(MAYA, OPS, "/saas scale")
        await until(lambda: slack.workspace.views_of(MAYA))
        view_id = slack.workspace.views_of(MAYA)[-1].id
        wrong = await slack.people.submit(MAYA, view_id, {"b": {"a": "41"}})
        under = dict(slack.workspace.views_of(MAYA)[-1].errors)
        right = await slack.people.submit(MAYA, view_id, {"b": {"a": "42"}})
    assert wrong.errors == under == {"b": "Must be 42"}
    assert right.ok
    assert slack.workspace.views_of(MAYA) == ()
    assert submitted[0]["private_metadata"] == "op-1"


async def test_a_submission_may_push_update_and_clear(slack: PracticeSlack, app: AsyncApp) -> None:
    answers: Iterator[Json] = iter(
        [
            {"response_action": "push", "view": modal(field(TEXT), callback_id="second")},
            {"response_action": "update", "view": modal(section("changed"))},
            {"response_action": "clear"},
        ]
    )

    @app.view("m")
    @app.view("second")
    async def step(ack: AsyncAck) -> None:
        await ack(**next(answers))

    @app.shortcut("open_console")
    async def console(ack: AsyncAck, shortcut: Json, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal(section("first")))
        await ack()

    stacks = []
    async with connected(slack, app):
        assert (await slack.people.shortcut(MAYA, "open_console")).ok
        for _ in range(3):
            top = slack.workspace.views_of(MAYA)[-1]
            stacks.append([v.callback_id for v in slack.workspace.views_of(MAYA)])
            assert (await slack.people.submit(MAYA, top.id, {"b": {"a": "x"}})).ok
    assert stacks == [["m"], ["m", "second"], ["m", "m"]]
    assert slack.workspace.views_of(MAYA) == ()


async def test_a_closed_view_is_reported_and_says_whether_all_were_closed(slack: PracticeSlack, app: AsyncApp) -> None:
    closed: list[tuple[str, bool]] = []

    @app.view_closed("m")
    async def gone(ack: AsyncAck, body: Json) -> None:
        closed.append((body["view"]["id"], body["is_cleared"]))
        await ack()

    @app.shortcut("open_console")
    async def console(ack: AsyncAck, shortcut: Json, client: AsyncWebClient) -> None:
        view = modal(section("x", block_id="s"), button("deeper"), notify_on_close=True)
        await client.views_open(trigger_id=shortcut["trigger_id"], view=view)
        await ack()

    @app.action("deeper")
    async def deeper(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await client.views_push(trigger_id=body["trigger_id"], view=modal(section("y"), notify_on_close=True))
        await ack()

    async with connected(slack, app):
        await slack.people.shortcut(MAYA, "open_console")
        first = slack.workspace.views_of(MAYA)[-1].id
        await slack.people.click_in_view(MAYA, first, "b", "deeper")
        second = slack.workspace.views_of(MAYA)[-1].id
        await slack.people.close(MAYA, second)
        await slack.people.close(MAYA, first, all_views=True)
    assert closed == [(second, False), (first, True)]


async def test_the_home_is_published_when_a_person_opens_it(slack: PracticeSlack, app: AsyncApp) -> None:
    @app.event("app_home_opened")
    async def opened(event: Json, client: AsyncWebClient) -> None:
        home = {"type": "home", "blocks": [section(f"Hello <@{event['user']}>")]}
        await client.views_publish(user_id=event["user"], view=home)

    async with connected(slack, app):
        await slack.people.open_home(MAYA)
        await until(lambda: slack.workspace.home_of(MAYA))
    assert slack.workspace.home_of(JON) is None
    home = slack.workspace.home_of(MAYA)
    assert home is not None
    assert home.blocks[0]["text"]["text"] == f"Hello <@{MAYA}>"


async def test_an_external_select_asks_the_app_and_submits_what_it_offered(
    slack: PracticeSlack, app: AsyncApp, client: AsyncWebClient
) -> None:
    asked: list[Json] = []
    option = {"text": plain("instance-worker"), "value": "w1"}
    chosen: list[Json] = []

    @app.options("target")
    async def options(ack: AsyncAck, body: Json) -> None:
        asked.append(body)
        await ack(options=[option])

    @app.action("target")
    async def selected(ack: AsyncAck, action: Json) -> None:
        await ack()
        chosen.append(action["selected_option"])

    select = {"type": "external_select", "action_id": "target", "min_query_length": 0}
    row = {"type": "actions", "block_id": "b", "elements": [select]}
    posted = await client.chat_postMessage(channel=OPS, text="pick", blocks=[row])
    async with connected(slack, app):
        message = slack.workspace.messages[OPS][posted["ts"]]
        assert await slack.people.suggest(MAYA, message, "b", "target", "work") == [option]
        await slack.people.click(MAYA, OPS, posted["ts"], "b", "target", entered="w1")
        await until(lambda: chosen)
    assert asked[0]["value"] == "work"
    assert asked[0]["container"]["message_ts"] == posted["ts"]
    assert chosen == [option]


async def test_an_external_select_in_a_modal_submits_what_the_app_offered(slack: PracticeSlack, app: AsyncApp) -> None:
    option = {"text": plain("Europe"), "value": "eu"}
    submitted: list[Json] = []

    @app.options("region")
    async def options(ack: AsyncAck) -> None:
        await ack(option_groups=[{"label": plain("Regions"), "options": [option]}])

    @app.shortcut("open_console")
    async def console(ack: AsyncAck, shortcut: Json, client: AsyncWebClient) -> None:
        select = {"type": "multi_external_select", "action_id": "region", "min_query_length": 0}
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal(field(select)))
        await ack()

    @app.view("m")
    async def submit(ack: AsyncAck, view: Json) -> None:
        submitted.append(view["state"]["values"])
        await ack()

    async with connected(slack, app):
        await slack.people.shortcut(MAYA, "open_console")
        (view,) = slack.workspace.views_of(MAYA)
        (group,) = await slack.people.suggest(MAYA, view, "b", "region", "eu")
        assert (await slack.people.submit(MAYA, view.id, {"b": {"region": ["eu"]}})).ok
    assert group["options"] == [option]
    assert submitted == [{"b": {"region": {"type": "multi_external_select", "selected_options": [option]}}}]
