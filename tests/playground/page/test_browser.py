"""A person at the page, in a real Chromium: clicks, types, and sees what Slack would show."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from playground.page.guide import Fault, Step, Story
from playground.page.routes import GUIDE
from tests.browser import expect
from tests.playground.page.app import OPS
from tests.playground.page.desk import JON, MAYA, PATIENCE_MS, Desk, say

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.browser


async def test_a_command_is_asked_by_one_and_approved_by_another(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}")
    await say(page, "/saas restart instance-worker")
    await expect(page.locator("#main .message code")).to_have_text("deployment/instance-worker")
    await page.click(f"#faces [data-person={JON}]")
    await expect(page.locator(".i-am b")).to_have_text("jon")
    await page.click("#main .btn.primary")
    await expect(page.locator("#question h2")).to_have_text("Approve restart?")
    await page.click("#question [value=no]")
    await expect(page.locator("#main .btn.primary")).to_be_visible()
    await page.click("#main .btn.primary")
    await page.click("#question [value=yes]")
    await expect(page.locator("#main .message")).to_contain_text("Restarted, @jon approved")
    await expect(page.locator("#main .btn")).to_have_count(0)


async def test_a_refusal_is_seen_by_the_asker_only_and_goes_with_a_reload(desk: Desk) -> None:
    maya, jon = await desk.open(f"as={MAYA}&c={OPS}"), await desk.open(f"as={JON}&c={OPS}")
    await say(maya, "/saas dance")
    await expect(maya.locator("#main .ephemeral")).to_contain_text("I do not know dance. Nothing was changed.")
    await say(maya, "never mind")
    await expect(jon.locator("#main .message")).to_have_count(1)
    await maya.reload()
    await expect(maya.locator("#main .message")).to_have_count(1)


async def test_a_modal_keeps_what_was_typed_and_shows_errors_under_their_field(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}")
    await say(page, "/saas form")
    field = page.locator("#modal input[type=text]").first
    await expect(field).to_be_focused()
    await page.click("#modal .primary")
    await expect(page.locator("#modal .error")).to_have_text("Please complete this required field.")
    await page.locator("#modal [role=combobox]").fill("jo")
    await page.keyboard.press("Enter")
    await expect(page.locator("#modal .chip")).to_contain_text("jon")
    await field.fill("instance-wroker")
    await page.click("#modal .primary")
    await expect(page.locator("#modal .error")).to_have_text("No deployment 'instance-wroker' in saasodoo.")
    await expect(field).to_have_value("instance-wroker")
    await expect(page.locator("#modal .chip")).to_contain_text("jon")
    await field.fill("instance-worker")
    await page.click("#modal .primary")
    await expect(page.locator("#modal")).to_be_hidden()
    await expect(page.locator("#main .message")).to_contain_text("@maya asks to restart instance-worker")


async def test_a_modal_is_for_one_person_and_escape_closes_it(desk: Desk) -> None:
    maya, jon = await desk.open(f"as={MAYA}&c={OPS}"), await desk.open(f"as={JON}&c={OPS}")
    await say(maya, "/saas form")
    await expect(maya.locator("#modal")).to_be_visible()
    await expect(jon.locator("#modal")).to_be_hidden()
    await maya.keyboard.press("Escape")
    await expect(maya.locator("#modal")).to_be_hidden()


async def test_a_picture_that_comes_late_does_not_push_the_newest_out_of_sight(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}", viewport=(1440, 320))
    for line in ("one", "two", "three"):
        await say(page, line)
    await expect(page.locator("#main .message")).to_have_count(3)
    await page.evaluate(
        """() => {
          const tall = new Image(10, 900);
          tall.src = document.querySelector("link[rel=icon]").href;
          document.querySelector("#main .message:last-child").append(tall);
          return tall.decode();
        }"""
    )
    newest_in_sight = "(list) => list.scrollHeight - list.scrollTop - list.clientHeight < 2"
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not await page.eval_on_selector("#main", newest_in_sight):
            await page.wait_for_timeout(50)  # wait_for_function would need eval, which the page forbids


async def test_a_thread_is_opened_answered_and_counted(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}")
    await say(page, "the queue is stuck")
    await page.hover("#main .message")
    await page.click("#main .toolbar [data-do=thread]")
    await say(page, "looking", column="#thread")
    await expect(page.locator("#replies .message")).to_have_count(2)
    await expect(page.locator("#main .thread-bar")).to_contain_text("1 reply")
    await expect(page.locator("#main .message")).to_have_count(1)
    await page.click("#thread .head button")
    await expect(page.locator("#thread")).to_be_hidden()


async def test_reactions_and_message_shortcuts_are_one_hover_away(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}")
    await say(page, "done")
    await page.hover("#main .message")
    await page.click("#main .toolbar [data-name=eyes]")
    await expect(page.locator("#main .reaction")).to_have_text("👀 1")
    await page.hover("#main .message")
    await page.click("#main .toolbar [title='More actions']")
    await page.click("#main .toolbar [data-callback=why]")
    await expect(page.locator("#main .ephemeral")).to_contain_text("Because somebody asked for it.")


async def test_everything_is_within_reach_of_the_keyboard(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c=C0ALERTS01")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("op")
    await page.keyboard.press("Enter")
    await expect(page.locator("#head h2")).to_have_text("# ops")
    await expect(page.locator("#foot textarea")).to_be_focused()
    await page.keyboard.type("/s")
    await expect(page.locator("#foot #hints")).to_contain_text("Run the platform")
    await page.keyboard.press("Tab")
    await page.keyboard.type("restart instance-worker")
    await page.keyboard.press("Enter")
    await expect(page.locator("#main .btn.primary")).to_be_visible()
    await page.focus("#main")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Tab")
    await expect(page.locator("#main .btn.primary")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#question [value=yes]")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#main .message")).to_contain_text("Restarted")
    await page.focus("#foot textarea")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("#foot textarea")).to_have_value("/saas restart instance-worker")


async def test_two_people_sit_side_by_side(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}&with={JON}")
    left, right = page.frame_locator("iframe >> nth=0"), page.frame_locator("iframe >> nth=1")
    await left.locator("#foot textarea").fill("hello")
    await left.locator("#foot textarea").press("Enter")
    await expect(right.locator("#main .message")).to_contain_text("hello")
    await expect(right.locator(".i-am b")).to_have_text("jon")
    await expect(right.locator("#top [data-do=panel]")).to_have_count(0)


async def test_the_home_tab_shows_what_the_app_published(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}")
    await page.click(f"#rail [data-person={desk.slack.workspace.bot_user}]")
    await page.click("#head [role=tab] >> nth=0")
    await expect(page.locator("#main .home")).to_contain_text("Needs you: nothing")


async def test_a_story_ticks_off_as_it_happens_and_faults_say_what_they_did(desk: Desk) -> None:
    async def crash() -> str:
        return "odoo-acme crashes now."

    def asked(workspace: object) -> bool:
        return any("instance-worker" in m.text for m in desk.slack.workspace.messages[OPS].values())

    guide = desk.slack.web[GUIDE]
    step = Step("Ask for a restart", asked, person="maya", type_this="/saas restart instance-worker")
    guide.stories, guide.faults = (Story("Restart", (step,)),), (Fault("Crash odoo-acme", "A wrong password.", crash),)
    page = await desk.open(f"as={MAYA}&c={OPS}")
    await page.click("#top [data-panel=try]")
    await page.click("#panel [data-do=type]")
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel .told")).to_contain_text("Ask for a restart")
    await page.click("#top [data-panel=break]")
    await page.click("#panel [data-name='Crash odoo-acme']")
    await expect(page.locator(".toast")).to_have_text("odoo-acme crashes now.")
    await page.click("#top [data-panel=inspect]")
    await expect(page.locator("#panel")).to_contain_text("/saas restart instance-worker")


async def test_on_a_phone_channels_are_a_drawer_and_a_thread_is_a_page(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}", viewport=(390, 844))
    await expect(page.locator("#side")).to_be_hidden()
    await page.click("#head .drawer")
    await page.click("#rail [data-channel=C0ALERTS01]")
    await expect(page.locator("#side")).to_be_hidden()
    await expect(page.locator("#head h2")).to_have_text("# alerts")
    await say(page, "a word")
    await page.click("#main .message")
    await page.click("#main .toolbar [data-do=thread]")
    thread = await page.locator("#thread").bounding_box()
    assert thread is not None
    assert thread["width"] == 390
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
