"""Where the focus stands, and what is in sight, after a part of the page is drawn anew; in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import expect
from tests.playground.page.app import OPS
from tests.playground.page.desk import JON, MAYA, Desk, say

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.browser

PHONE = (390, 844)


@pytest.mark.parametrize("viewport", [PHONE, (1280, 800)], ids=["phone", "wide"])
async def test_what_a_press_adds_to_a_modal_comes_into_sight_and_the_focus_stays(
    desk: Desk, viewport: tuple[int, int]
) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}", viewport=viewport)
    await say(page, "/saas long form")
    await page.click("#modal [data-action=preview] button")
    await expect(page.locator("#modal .fields-of")).to_contain_text("Step 3")
    await expect(page.locator("#modal .fields-of > :last-child")).to_be_in_viewport(ratio=1)
    await expect(page.locator("#modal [data-action=preview] button")).to_be_focused()


async def test_nothing_moves_under_who_types_while_a_modal_is_drawn_anew(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}", viewport=PHONE)
    await say(page, "/saas long form")
    field = page.locator("#modal input[type=text]").nth(5)
    await field.focus()
    before = await scrolled(page)
    [view] = desk.slack.workspace.views_of(MAYA)
    await desk.slack.people.click_in_view(MAYA, view.id, "row", "preview")
    await page.keyboard.type("slow")
    await expect(page.locator("#modal .fields-of")).to_contain_text("Step 3")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("slow")
    assert await scrolled(page) == before


async def scrolled(page: Page) -> float:
    top: float = await page.evaluate("document.querySelector('#modal .fields-of').scrollTop")
    return top


async def test_who_becomes_another_person_by_keyboard_stands_on_that_face(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}")
    await page.focus(f"#faces [data-person={JON}]")
    await page.keyboard.press("Enter")
    await expect(page.locator(".i-am b")).to_have_text("jon")
    await expect(page.locator(f"#faces [data-person={JON}]")).to_be_focused()


@pytest.mark.parametrize("seen_from", ["#foot textarea", "#rail [data-channel=C0GENERAL1]"], ids=["composer", "rail"])
async def test_a_jump_to_the_channel_one_is_in_leads_to_its_composer(desk: Desk, seen_from: str) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}")
    await page.focus(seen_from)
    await page.keyboard.press("Control+k")
    await page.keyboard.type("ops")
    await page.keyboard.press("Enter")
    await expect(page.locator("#switcher")).to_be_hidden()
    await expect(page.locator("#foot textarea")).to_be_focused()
