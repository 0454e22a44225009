"""App Home: what needs me, what runs, how the platform stands, what I did; and a field for a line."""

import pytest

from playground.demo.breaking import crash_odoo
from playground.slack.values import Message
from tests.journeys.stand import ALERTS, GUS, JON, MAYA, Stand, seen, texts
from tests.journeys.test_forms import touch

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def home(stand: Stand, person: str, *words: str) -> str:
    """Open it, wait until it shows *words*, and return all that it says."""
    assert (await stand.world.slack.people.open_home(person)).ok
    return await shown(stand, person, *words)


async def shown(stand: Stand, person: str, *words: str) -> str:
    """Wait until the home shows *words*."""

    def look() -> str:
        view = stand.world.slack.workspace.home_of(person)
        said = "\n".join(texts(list(view.blocks))) if view else ""
        return said if all(word in said for word in words) else ""

    found: str = await stand.eventually(look)
    return found


async def test_it_says_what_needs_me_how_the_platform_stands_and_what_i_did(stand: Stand) -> None:
    card = await stand.ask(MAYA, '/saas restart instance-worker --reason "stuck queue"')
    await home(stand, JON, "Needs you", "Restart deployment/instance-worker", "“stuck queue”", "Platform")
    await shown(stand, JON, "saasodoo is healthy", "Nodes", "storage node answers")
    mine = await home(stand, MAYA, "Yours", "Restart deployment/instance-worker")
    assert "Nothing waits for you." in mine, "who asked does not approve"
    view = stand.world.slack.workspace.home_of(JON)
    assert view is not None
    await touch(stand, view, "approve")
    assert (await stand.submit(JON, await stand.modal(JON, "Approve"))).ok
    await stand.shows(card, "✅ Restarted deployment/instance-worker")
    await shown(stand, MAYA, "✅ Restarted deployment/instance-worker in")
    await shown(stand, JON, "Nothing waits for you.")


async def test_a_line_typed_there_is_answered_as_a_direct_message(stand: Stand) -> None:
    await home(stand, MAYA, "Yours")
    view = stand.world.slack.workspace.home_of(MAYA)
    assert view is not None
    await touch(stand, view, "search", entered="rollout history instance-worker")
    await stand.eventually(lambda: any("deployment/instance-worker has" in said for said in stand.direct(MAYA)))


async def test_a_line_is_kept_from_its_answer_runs_from_there_and_is_removed(stand: Stand) -> None:
    answer = await stand.ask(MAYA, "/saas top nodes")
    before = {message.ts for message in stand.whispers(MAYA)}
    await choose_rarer(stand, MAYA, answer, "Add to favourites")
    kept = await stand.whispered(MAYA, before)
    assert "top nodes is a favourite of yours" in seen(kept)
    await home(stand, MAYA, "Favourites", "top nodes")
    view = stand.world.slack.workspace.home_of(MAYA)
    assert view is not None
    await touch(stand, view, "run", "top nodes")
    await stand.eventually(lambda: any("nodes measured" in said for said in stand.direct(MAYA)))
    assert "is a favourite of yours no more" in await stand.told(MAYA, "/saas fav remove top nodes")
    await home(stand, MAYA, "keeps a line at hand")


async def choose_rarer(stand: Stand, person: str, message: Message, label: str) -> None:
    """Choose what stands behind ⋯ on *message*."""
    now = stand.now(message)
    block, element, option = next(
        (block, element, option)
        for block in now.all_blocks()
        for element in block.get("elements", ())
        for option in element.get("options", ())
        if option["text"]["text"] == label
    )
    click = stand.world.slack.people.click
    value = option["value"]
    assert (await click(person, now.channel, now.ts, block["block_id"], element["action_id"], entered=value)).ok


async def test_the_console_opens_from_there(stand: Stand) -> None:
    await home(stand, MAYA, "Yours")
    view = stand.world.slack.workspace.home_of(MAYA)
    assert view is not None
    await touch(stand, view, "open_console")
    await stand.modal(MAYA, "Console")


async def test_a_guest_is_told_why_there_is_nothing(stand: Stand) -> None:
    await home(stand, GUS, "Guests of the workspace may not use this bot.")


async def test_an_incident_is_acknowledged_from_there(stand: Stand) -> None:
    await crash_odoo(stand.world.cluster.kube)
    await home(stand, JON, "Needs you")
    await shown(stand, JON, "deployment/odoo-acme is crash-looping", "Acknowledge")
    view = stand.world.slack.workspace.home_of(JON)
    assert view is not None
    await touch(stand, view, "run", "Acknowledge")
    card = await stand.eventually(
        lambda: next((m for m in stand.messages(ALERTS).values() if "is crash-looping" in seen(m)), None)
    )
    await stand.shows(card, f"@{JON} looks after it")
