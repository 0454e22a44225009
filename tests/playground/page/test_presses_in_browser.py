"""A press counts also when what is pressed is drawn anew between its beginning and its end; in a real Chromium."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from playground.slack.values import Message
from tests.browser import expect
from tests.playground.page.app import OPS, Json, button, card
from tests.playground.page.desk import JON, MAYA, Desk, say

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page, WebSocket

pytestmark = pytest.mark.browser

PREVIEW = "#modal [data-action=preview] button"


class Heard:
    """What the server has told a page, from its next connection on."""

    def __init__(self, page: Page) -> None:
        self._told = ""
        self._more = asyncio.Condition()
        page.on("websocket", lambda socket: self._listen(socket))

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._hear)

    async def _hear(self, frame: str | bytes) -> None:
        async with self._more:
            self._told += str(frame)
            self._more.notify_all()

    async def of(self, text: str) -> None:
        async with self._more:
            await self._more.wait_for(lambda: text in self._told)


async def begin_press(page: Page, target: Locator) -> None:
    box = await target.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.down()


async def at_ops(desk: Desk, person: str = MAYA) -> tuple[Page, Heard]:
    page = await desk.open("")
    heard = Heard(page)
    await page.goto(f"{desk.slack.page_url}?as={person}&c={OPS}")
    return page, heard


async def draw_the_modal_anew(desk: Desk) -> None:
    [view] = desk.slack.workspace.views_of(MAYA)
    assert (await desk.slack.people.click_in_view(MAYA, view.id, "row", "preview")).ok


def card_blocks(headline: str) -> tuple[Json, ...]:
    return tuple(card(headline, button("Deny", "deny"))["blocks"])


def post_card(desk: Desk, headline: str) -> Message:
    workspace = desk.slack.workspace
    return workspace.post(OPS, user=workspace.bot_user, text=headline, blocks=card_blocks(headline))


@pytest.mark.parametrize("device", ["mouse", "keyboard"])
async def test_a_press_in_a_modal_that_is_drawn_anew_meanwhile_is_heard(desk: Desk, device: str) -> None:
    page, heard = await at_ops(desk)
    await say(page, "/saas long form")
    close = page.locator("#modal footer [data-do=close]")
    await close.focus()
    await (begin_press(page, close) if device == "mouse" else page.keyboard.down("Space"))
    await draw_the_modal_anew(desk)
    await heard.of("Step 3")
    await (page.mouse.up() if device == "mouse" else page.keyboard.up("Space"))
    await expect(page.locator("#modal")).to_be_hidden()


async def test_what_came_during_a_press_is_drawn_when_it_is_over(desk: Desk) -> None:
    page, heard = await at_ops(desk)
    await say(page, "/saas long form")
    await page.locator(PREVIEW).scroll_into_view_if_needed()
    await begin_press(page, page.locator(PREVIEW))
    await draw_the_modal_anew(desk)
    await heard.of("Step 3")
    await page.mouse.move(0, 0)
    await page.mouse.up()
    await expect(page.locator("#modal .fields-of")).to_contain_text("Step 3")


async def test_a_press_on_a_card_that_is_edited_meanwhile_is_heard(desk: Desk) -> None:
    page, heard = await at_ops(desk)
    message = post_card(desk, "Ready")
    await begin_press(page, page.locator("#main .btn", has_text="Deny"))
    desk.slack.workspace.amend(message, text="Ready since 14:02", blocks=card_blocks("Ready since 14:02"))
    await heard.of("Ready since 14:02")
    await page.mouse.up()
    await expect(page.locator("#main .ephemeral")).to_contain_text("You may not deny this.")
    await expect(page.locator("#main .message").first).to_contain_text("Ready since 14:02")


async def test_what_came_for_one_person_during_a_press_is_not_drawn_for_the_next(desk: Desk) -> None:
    page, heard = await at_ops(desk)
    await begin_press(page, page.locator(f"#faces [data-person={JON}]"))
    await desk.slack.people.say(MAYA, OPS, "/saas dance")
    await heard.of("I do not know")
    await page.mouse.up()
    await expect(page.locator(".i-am b")).to_have_text("jon")
    await say(page, "here")
    await expect(page.locator("#main .message")).to_have_count(1)
