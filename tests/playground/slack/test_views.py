"""Views: stacks of their own for each person, hashes, triggers, the form's state."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.server import PracticeSlack
from playground.slack.triggers import Triggers
from tests.playground.slack.app import JON, MAYA, BareApp, Json, button, field, modal, plain, section

TEXT = {"type": "plain_text_input", "action_id": "a"}


@pytest.fixture
def triggers(slack: PracticeSlack) -> Triggers:
    return slack.stage.triggers


async def _error(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, json=arguments)
    return str(refused.value.response["error"])


async def test_a_modal_shows_for_nobody_else(slack: PracticeSlack, client: AsyncWebClient, triggers: Triggers) -> None:
    opened = await client.views_open(trigger_id=triggers.issue(MAYA), view=modal(field(TEXT)))
    view_id = opened["view"]["id"]
    assert [view.id for view in slack.workspace.views_of(MAYA)] == [view_id]
    assert slack.workspace.views_of(JON) == ()
    assert not (await slack.people.submit(JON, view_id, {})).ok
    assert not (await slack.people.click_in_view(JON, view_id, "b", "a")).ok


async def test_a_trigger_opens_one_view_within_three_seconds(
    slack: PracticeSlack, client: AsyncWebClient, triggers: Triggers
) -> None:
    used, late = triggers.issue(MAYA), triggers.issue(MAYA)
    await client.views_open(trigger_id=used, view=modal(section("x")))
    assert await _error(client, "views.open", trigger_id=used, view=modal(section("x"))) == "exchanged_trigger_id"
    slack.clock.turn(3)
    assert await _error(client, "views.open", trigger_id=late, view=modal(section("x"))) == "expired_trigger_id"
    assert await _error(client, "views.open", trigger_id="1.2.3", view=modal(section("x"))) == "invalid_trigger_id"


async def test_a_stack_holds_three_views(slack: PracticeSlack, client: AsyncWebClient, triggers: Triggers) -> None:
    first = (await client.views_open(trigger_id=triggers.issue(MAYA), view=modal(section("1"))))["view"]
    inside = first["id"]
    for number in ("2", "3"):
        pushed = await client.views_push(trigger_id=triggers.issue(MAYA, view_id=inside), view=modal(section(number)))
        assert pushed["view"]["root_view_id"] == first["id"]
        inside = pushed["view"]["id"]
    fourth = triggers.issue(MAYA, view_id=inside)
    assert await _error(client, "views.push", trigger_id=fourth, view=modal(section("4"))) == "push_limit_reached"
    assert len(slack.workspace.views_of(MAYA)) == 3


async def test_an_update_keeps_the_id_and_changes_the_hash(client: AsyncWebClient, triggers: Triggers) -> None:
    opened = (await client.views_open(trigger_id=triggers.issue(MAYA), view=modal(section("1"))))["view"]
    changed = (await client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(section("2"))))["view"]
    stale = await _error(client, "views.update", view_id=opened["id"], hash=opened["hash"], view=modal(section("3")))
    unknown = await _error(client, "views.update", view_id="V0", view=modal(section("3")))
    assert changed["id"] == opened["id"]
    assert changed["hash"] != opened["hash"]
    assert (stale, unknown) == ("hash_conflict", "not_found")


async def test_a_view_is_found_by_its_external_id(client: AsyncWebClient, triggers: Triggers) -> None:
    view = modal(section("1"), external_id="op-1")
    await client.views_open(trigger_id=triggers.issue(MAYA), view=view)
    changed = await client.views_update(external_id="op-1", view=modal(section("2"), external_id="op-1"))
    again = await _error(client, "views.open", trigger_id=triggers.issue(JON), view=view)
    assert changed["view"]["blocks"][0]["text"]["text"] == "2"
    assert again == "duplicate_external_id"


async def test_what_was_entered_survives_an_update_of_the_same_field(
    slack: PracticeSlack, client: AsyncWebClient, triggers: Triggers, bare: BareApp
) -> None:
    blocks = [field(TEXT), button("more", block_id="act")]
    opened = (await client.views_open(trigger_id=triggers.issue(MAYA), view=modal(*blocks)))["view"]
    await slack.people.click_in_view(MAYA, opened["id"], "act", "more", form={"b": {"a": "typed"}})
    changed = await client.views_update(view_id=opened["id"], view=modal(*blocks, field(TEXT, block_id="c")))
    assert changed["view"]["state"]["values"] == {
        "b": {"a": {"type": "plain_text_input", "value": "typed"}},
        "c": {"a": {"type": "plain_text_input", "value": None}},
    }


@pytest.mark.parametrize(
    ("view", "error"),
    [
        (modal(section("x"), title=plain("t" * 25)), "invalid_arguments"),
        ({"type": "modal", "blocks": []}, "invalid_arguments"),
        ({"type": "home", "blocks": []}, "invalid_arguments"),
        (modal(field(TEXT), submit=None), "invalid_arguments"),
        (modal(section("x"), private_metadata="x" * 3001), "invalid_arguments"),
        (modal(*[section("x") for _ in range(101)]), "invalid_arguments"),
        (modal({"type": "markdown", "text": "only in messages"}), "invalid_arguments"),
        (modal(*[section("x" * 2990) for _ in range(90)]), "view_too_large"),
    ],
    ids=[
        *("long title", "no title", "a home", "input without submit"),
        *("long metadata", "101 blocks", "message block", "too large"),
    ],
)
async def test_a_bad_modal_is_refused(client: AsyncWebClient, triggers: Triggers, view: Json, error: str) -> None:
    assert await _error(client, "views.open", trigger_id=triggers.issue(MAYA), view=view) == error


async def test_a_home_is_updated_under_its_hash(slack: PracticeSlack, client: AsyncWebClient) -> None:
    first = (await client.views_publish(user_id=MAYA, view={"type": "home", "blocks": [section("1")]}))["view"]
    second = await client.views_publish(user_id=MAYA, hash=first["hash"], view={"type": "home", "blocks": []})
    home = {"type": "home", "blocks": []}
    assert second["view"]["id"] == first["id"]
    assert await _error(client, "views.publish", user_id=MAYA, hash=first["hash"], view=home) == "hash_conflict"


async def test_an_unanswered_submission_keeps_the_modal_open(
    slack: PracticeSlack, client: AsyncWebClient, triggers: Triggers
) -> None:
    opened = await client.views_open(trigger_id=triggers.issue(MAYA), view=modal(field(TEXT)))
    outcome = await slack.people.submit(MAYA, opened["view"]["id"], {"b": {"a": "kept"}})
    (view,) = slack.workspace.views_of(MAYA)
    assert outcome.failure == "We had some trouble connecting. Try again?"
    assert view.state["b"]["a"]["value"] == "kept"


async def test_an_empty_required_field_is_refused_before_the_app_is_asked(
    slack: PracticeSlack, client: AsyncWebClient, triggers: Triggers
) -> None:
    opened = await client.views_open(trigger_id=triggers.issue(MAYA), view=modal(field(TEXT)))
    outcome = await slack.people.submit(MAYA, opened["view"]["id"], {"b": {"a": ""}})
    assert dict(outcome.errors) == {"b": "Please complete this required field."}
    assert list(slack.journal.deliveries) == []
