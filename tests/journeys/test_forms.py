"""Commands by form: from a refusal, from help, from the console; names as they exist, errors under their fields."""

from typing import Any

import pytest

from playground.slack.elements import elements
from playground.slack.people import Outcome
from playground.slack.values import Message, View
from tests.journeys.stand import ALERTS, JON, MAYA, OPS, VERA, Stand, seen, texts

pytestmark = pytest.mark.asyncio(loop_scope="module")


def read(view: View) -> str:
    """Everything that a person can read in a modal."""
    return "\n".join(texts(list(view.blocks)))


def labels(view: View) -> list[str]:
    """The inputs of a form, top down."""
    return [block["label"]["text"] for block in view.blocks if block["type"] == "input"]


async def fill(stand: Stand, view: View, **entered: Any) -> Outcome:
    """Submit *view* with *entered* by field; the rest stays as it stands."""
    form = {name: {name: value} for name, value in entered.items()}
    return await stand.world.slack.people.submit(view.person, view.id, form)


async def offered(stand: Stand, view: View, field: str, typed: str) -> list[str]:
    """What the select *field* offers for *typed*."""
    options = await stand.world.slack.people.suggest(view.person, view, field, field, typed)
    return [option["value"] for option in options]


async def touch(stand: Stand, view: View, action: str, label: str = "", **choice: Any) -> None:
    """Press what has *action* in a view, or choose in it."""
    block, element = next(
        (block, element)
        for block, element in elements(view.blocks)
        if element["action_id"].startswith(action) and label in str(element)
    )
    clicked = stand.world.slack.people.click_in_view
    assert (await clicked(view.person, view.id, block["block_id"], element["action_id"], **choice)).ok


async def choose(stand: Stand, view: View, command: str) -> View:
    """Choose *command* in the console."""
    for _, element in elements(view.blocks):
        for option in element.get("options", ()):
            if option["text"]["text"] == command:
                await touch(stand, view, element["action_id"], entered=option["value"])
                return await stand.modal(view.person, command.capitalize())
    raise AssertionError(f"the console has no {command}:\n{read(view)}")


async def form_of(stand: Stand, person: str, line: str, title: str) -> View:
    """The form behind the button under what *line* is answered with."""
    before = {message.ts for message in stand.whispers(person)}
    assert (await stand.say(person, f"/saas {line}")).ok
    told = await stand.whispered(person, before)
    assert (await stand.press(person, told, "Fill in a form")).ok
    return await stand.modal(person, title)


async def console(stand: Stand, person: str) -> View:
    assert (await stand.world.slack.people.shortcut(person, "open_console")).ok
    return await stand.modal(person, "Console")


async def test_a_line_without_its_arguments_is_completed_by_a_form(stand: Stand) -> None:
    view = await form_of(stand, MAYA, "scale instance-service", "Scale")
    assert "Set how many pods a deployment or statefulset has." in read(view)
    assert labels(view) == ["Workload", "Replicas", "Reason"]
    known = set(stand.messages())
    assert (await fill(stand, view, replicas="3", reason="month’s end")).ok
    card = await stand.card_after(known)
    assert "Scale deployment/instance-service to 3" in seen(card)
    assert "“month's end”" in seen(card)
    assert (await stand.press(JON, card, "Deny")).ok
    await stand.submit(JON, await stand.modal(JON, "Deny"))
    await stand.shows(card, "Denied")


async def test_names_that_exist_are_offered_while_one_types(stand: Stand) -> None:
    view = await form_of(stand, MAYA, "help restart", "Restart")
    assert "deployment/instance-worker" in await offered(stand, view, "targets", "worker")
    assert (await offered(stand, view, "targets", ""))[0].startswith("deployment/")
    assert await offered(stand, view, "targets", "not-yet") == ["not-yet"]
    assert (await stand.world.slack.people.close(MAYA, view.id)).ok


async def test_revisions_to_go_back_to_are_offered_once_their_workload_is_chosen(stand: Stand) -> None:
    view = await form_of(stand, MAYA, "help rollback", "Rollback")
    await offered(stand, view, "target", "worker")
    await touch(stand, view, "target", entered="deployment/instance-worker")
    drawn = await stand.eventually(
        lambda: next((v for v in stand.world.slack.workspace.views_of(MAYA) if v.hash != view.hash), None)
    )
    options = await stand.world.slack.people.suggest(MAYA, drawn, "to_revision", "to_revision", "")
    assert [option["value"] for option in options] == ["3", "2", "1"]
    assert "instance-worker:1.8" in options[0]["description"]["text"]
    known = set(stand.messages())
    assert (await fill(stand, drawn, to_revision="3")).ok
    card = await stand.card_after(known)
    assert "Roll back deployment/instance-worker to revision 3" in seen(card)
    assert (await stand.press(JON, card, "Deny")).ok
    await stand.submit(JON, await stand.modal(JON, "Deny"))
    await stand.shows(card, "Denied")


async def test_who_may_not_use_a_command_is_offered_no_names(stand: Stand) -> None:
    view = await form_of(stand, VERA, "help restart", "Restart")
    assert await offered(stand, view, "targets", "") == []
    assert (await stand.world.slack.people.close(VERA, view.id)).ok


async def test_errors_stand_under_their_fields_and_the_form_stays(stand: Stand) -> None:
    view = await form_of(stand, MAYA, "scale", "Scale")
    await offered(stand, view, "target", "a_b!")
    wrong = await fill(stand, view, target="a_b!", replicas="3")
    assert wrong.errors == {"target": "“a_b!” is not a name that Kubernetes allows"}
    assert stand.world.slack.workspace.views_of(MAYA)
    assert (await stand.world.slack.people.close(MAYA, view.id)).ok


async def test_a_reason_that_policy_wants_is_asked_for_in_the_form(stand: Stand) -> None:
    view = await form_of(stand, MAYA, "backup restore", "Backup restore")
    wrong = await fill(stand, view)
    assert wrong.errors == dict.fromkeys(("id", "reason"), "Please complete this required field.")
    assert (await stand.world.slack.people.close(MAYA, view.id)).ok


async def test_a_preview_shows_what_the_change_would_do_before_it_is_asked_for(stand: Stand) -> None:
    known = stand.roots()
    view = await form_of(stand, MAYA, "help scale", "Scale")
    await offered(stand, view, "target", "instance-service")
    form = {"target": {"target": "deployment/instance-service"}, "replicas": {"replicas": "5"}}
    await touch(stand, view, "preview", form=form)
    shown = await stand.eventually(
        lambda: next((v for v in stand.world.slack.workspace.views_of(MAYA) if "+replicas: 5" in read(v)), None)
    )
    assert "2 → 5" in read(shown)
    assert "Needs 1 of @sre · rule “changes in saasodoo”" in read(shown)
    assert stand.roots() == known, "nobody else hears of it"
    assert (await stand.world.slack.people.close(MAYA, view.id)).ok


async def test_a_preview_says_that_another_operation_holds_the_target(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas restart user-service")
    view = await form_of(stand, JON, "help scale", "Scale")
    await offered(stand, view, "target", "user-service")
    form = {"target": {"target": "deployment/user-service"}, "replicas": {"replicas": "4"}}
    await touch(stand, view, "preview", form=form)
    shown = await stand.eventually(
        lambda: next((v for v in stand.world.slack.workspace.views_of(JON) if "replicas: 4" in read(v)), None)
    )
    assert "(Restart deployment/user-service, asked for by maya) waits for approval and holds" in read(shown)
    [told_so] = [block for block in shown.blocks if "waits for approval" in str(block)]
    assert OPS in str(told_so), "the way to its card"
    submitted = await fill(stand, shown)
    assert submitted.ok
    told = await stand.eventually(lambda: next((seen(m) for m in stand.whispers(JON) if "and holds" in seen(m)), None))
    assert "(Restart deployment/user-service, asked for by maya) waits for approval and holds" in told
    assert (await stand.press(JON, card, "Deny")).ok
    await stand.submit(JON, await stand.modal(JON, "Deny"))
    await stand.shows(card, "Denied")


async def test_the_console_leads_to_every_command_that_one_may_use(stand: Stand) -> None:
    view = await console(stand, MAYA)
    assert "scale" in str(view.blocks)
    form = await choose(stand, view, "rollout history")
    await offered(stand, form, "target", "worker")
    known = set(stand.messages())
    assert (await fill(stand, form, target="deployment/instance-worker")).ok
    assert "deployment/instance-worker" in seen(await stand.card_after(known))


async def test_the_console_offers_a_viewer_no_change(stand: Stand) -> None:
    view = await console(stand, VERA)
    assert "get" in str(view.blocks)
    assert "restart" not in [
        option["text"]["text"] for _, e in elements(view.blocks) for option in e.get("options", ())
    ]
    assert (await stand.world.slack.people.close(VERA, view.id)).ok


async def test_the_answer_stands_in_the_channel_that_was_chosen(stand: Stand) -> None:
    view = await console(stand, MAYA)
    await touch(stand, view, "console")
    chosen = await stand.eventually(
        lambda: next(
            (v for v in stand.world.slack.workspace.views_of(MAYA) if v.hash != view.hash and _answers(v, ALERTS)), None
        )
    )
    form = await choose(stand, chosen, "status")
    known = set(stand.messages(ALERTS))
    assert (await fill(stand, form)).ok
    assert "saasodoo" in seen(await stand.card_after(known, ALERTS))


def _answers(view: View, channel: str) -> bool:
    return f"'channel_id': '{channel}'" in str(view.blocks[0])


async def test_a_message_of_the_bot_is_acted_on_from_its_menu(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas restart billing-service")
    assert (await stand.world.slack.people.shortcut(JON, "alert_actions", channel=OPS, message_ts=card.ts)).ok
    view = await stand.modal(JON, "Act on this")
    await touch(stand, view, "deny")
    await stand.submit(JON, await stand.modal(JON, "Deny"))
    await stand.shows(card, f"Denied by @{JON}")
    assert (await stand.world.slack.people.shortcut(MAYA, "alert_actions", channel=OPS, message_ts=card.ts)).ok
    again = await stand.modal(MAYA, "Act on this")
    known = set(stand.messages())
    await touch(stand, again, "run", "Ask again")
    asked = await stand.card_after(known)
    assert "Restart deployment/billing-service" in seen(asked)
    assert (await stand.press(JON, asked, "Deny")).ok
    await stand.submit(JON, await stand.modal(JON, "Deny"))


async def test_a_request_is_cancelled_from_its_messages_menu(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas restart user-service")
    assert (await stand.world.slack.people.shortcut(MAYA, "alert_actions", channel=OPS, message_ts=card.ts)).ok
    view = await stand.modal(MAYA, "Act on this")
    await touch(stand, view, "run", "Cancel the request")
    await stand.shows(card, "Cancelled: Restart deployment/user-service")
    assert (await stand.world.slack.people.close(MAYA, view.id)).ok


async def test_a_message_of_a_person_has_nothing_to_act_on(stand: Stand) -> None:
    assert (await stand.say(MAYA, "good morning")).ok
    mine = await stand.eventually(
        lambda: next((m for m in stand.messages().values() if m.text == "good morning"), None)
    )
    assert (await stand.world.slack.people.shortcut(MAYA, "alert_actions", channel=OPS, message_ts=mine.ts)).ok
    view = await stand.modal(MAYA, "Not possible")
    assert "Nothing can be done with this message." in read(view)
    assert (await stand.world.slack.people.close(MAYA, view.id)).ok


async def test_a_mention_in_a_thread_is_a_command_and_is_answered_there(stand: Stand) -> None:
    assert (await stand.say(MAYA, "the worker is slow again")).ok
    root = await stand.eventually(lambda: next((m for m in stand.messages().values() if "slow again" in m.text), None))
    line = "@saas rollout history instance-worker"
    assert (await stand.world.slack.people.say(MAYA, OPS, line, thread_ts=root.ts)).ok
    await stand.eventually(lambda: any("has 4 revisions" in line for line in stand.thread(root)[1:]))
    asked = stand.world.slack.workspace.replies(OPS, root.ts)[1]
    await stand.eventually(lambda: reactions(stand, asked) == ["white_check_mark"])


def reactions(stand: Stand, message: Message) -> list[str]:
    """The emoji on a message, by Slack's names."""
    return [reaction.name for reaction in stand.now(message).reactions]


async def test_a_message_that_the_bot_refuses_is_marked_so(stand: Stand) -> None:
    assert (await stand.say(MAYA, "@saas frobnicate")).ok
    mine = await stand.eventually(
        lambda: next((m for m in stand.messages().values() if "frobnicate" in m.text and m.user == MAYA), None)
    )
    await stand.eventually(lambda: reactions(stand, mine) == ["warning"])


async def test_a_change_asked_for_in_a_thread_is_answered_there_and_has_its_card_in_the_channel(stand: Stand) -> None:
    assert (await stand.say(MAYA, "the queue is stuck")).ok
    root = await stand.eventually(lambda: next((m for m in stand.messages().values() if "is stuck" in m.text), None))
    known = set(stand.messages())
    line = "@saas scale instance-worker --replicas 6"
    assert (await stand.world.slack.people.say(MAYA, OPS, line, thread_ts=root.ts)).ok
    card = await stand.card_after(known)
    assert "Scale deployment/instance-worker to 6" in seen(card)
    await stand.eventually(lambda: any(f"its card stands in <#{OPS}>" in said for said in stand.thread(root)))
    assert (await stand.press(JON, card, "Deny")).ok
    await stand.submit(JON, await stand.modal(JON, "Deny"))


async def test_a_line_in_a_direct_message_is_a_command(stand: Stand) -> None:
    workspace = stand.world.slack.workspace
    direct = workspace.open_im(JON, workspace.bot_user)
    assert (await stand.say(JON, "rollout history instance-worker", channel=direct.id)).ok
    await stand.eventually(lambda: any("deployment/instance-worker" in said for said in stand.direct(JON)))
