"""Long lists, from a line to a page: turned in place, narrowed down by a form, pictured where that is quicker."""

import pytest

from playground.slack.values import Message
from tests.journeys.stand import MAYA, OPS, VERA, Stand, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_pages_turn_in_the_message_that_was_asked_for_whoever_may_read_it(stand: Stand) -> None:
    first = await stand.ask(MAYA, "/saas get pods")
    before = set(stand.messages(OPS))
    assert (await stand.press(MAYA, first, "Next")).ok
    await stand.shows(first, "Rows 21–")
    assert (await stand.press(VERA, first, "Previous")).ok
    await stand.shows(first, "Rows 1–20 of")
    assert set(stand.messages(OPS)) == before


async def test_a_page_that_is_no_more_shows_the_nearest(stand: Stand) -> None:
    last = await stand.ask(MAYA, "/saas get pods --page 99")
    assert "Rows 21–" in seen(last)


async def test_a_list_is_narrowed_down_in_a_form(stand: Stand) -> None:
    pods = await stand.ask(MAYA, "/saas get pods")
    before = set(stand.messages(OPS))
    assert (await stand.press(MAYA, pods, "Filter")).ok
    form = await stand.modal(MAYA, "Get")
    assert (await stand.submit(MAYA, form, grep="/odoo-(acme|globex)/")).ok
    found = await stand.card_after(before)
    said = seen(await stand.shows(found, "2 of 25 rows with “/odoo-(acme|globex)/”"))
    assert said.count("odoo-acme-") == said.count("odoo-globex-") == 1


async def test_usage_is_a_table_and_below_it_a_picture_that_says_the_same(stand: Stand) -> None:
    before = set(stand.messages(OPS))
    table = await stand.ask(MAYA, "/saas top nodes")

    def pictured() -> Message | None:
        return next((one for ts, one in stand.messages(OPS).items() if ts not in before and one.files), None)

    picture = await stand.eventually(pictured)
    assert picture.ts > table.ts
    assert picture.thread_ts is None
    [file] = (stand.world.slack.workspace.files[one] for one in picture.files)
    assert file.content.startswith(b"\x89PNG")
    assert all(f"node-{number}: CPU" in file.alt_txt for number in (1, 2, 3))
