"""A line that somebody types is sent once, as who he is then, where he is then, or comes back into its field."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.browser import expect
from tests.playground.page.app import OPS
from tests.playground.page.desk import JON, MAYA, Desk, say

if TYPE_CHECKING:
    from playwright.async_api import WebSocketRoute

pytestmark = pytest.mark.browser


class Line:
    """The line between a page and its server; it can be slow to open, go deaf, be cut and refuse to be mended."""

    def __init__(self) -> None:
        self.refusing = self.deaf = False
        self.ready = asyncio.Event()
        self.ready.set()
        self._open: list[WebSocketRoute] = []

    async def answer(self, socket: WebSocketRoute) -> None:
        await self.ready.wait()
        if self.refusing:
            await socket.close(code=4000)
            return
        server = socket.connect_to_server()
        socket.on_message(lambda frame: None if self.deaf else server.send(frame))
        self._open.append(socket)

    async def cut(self) -> None:
        self.refusing = True
        for socket in self._open:
            await socket.close(code=4000)


async def test_a_pane_that_was_cut_off_comes_back_complete(desk: Desk) -> None:
    page = await desk.open("")
    line = Line()
    await page.route_web_socket("**/_page/live?*", line.answer)
    await page.goto(f"{desk.slack.page_url}?as={MAYA}&c={OPS}")
    await expect(page.locator("body.cut")).to_have_count(0)
    await line.cut()
    await expect(page.locator("body.cut")).to_be_visible()
    desk.slack.workspace.post(OPS, user=JON, text="while you were away")
    line.refusing = False
    await expect(page.locator("body.cut")).to_have_count(0)
    await expect(page.locator("#main .message")).to_contain_text("while you were away")


async def test_a_line_typed_while_one_becomes_another_person_is_sent_once_he_is(desk: Desk) -> None:
    page = await desk.open("")
    line = Line()
    await page.route_web_socket("**/_page/live?*", line.answer)
    await page.goto(f"{desk.slack.page_url}?as={MAYA}&c={OPS}")
    await expect(page.locator("#foot textarea")).to_be_visible()
    line.ready.clear()
    await page.click(f"#faces [data-person={JON}]")
    await say(page, "typed at once")
    await expect(page.locator("#foot textarea")).to_have_value("")
    assert desk.slack.workspace.messages.get(OPS, {}) == {}
    line.ready.set()
    await expect(page.locator("#main .message")).to_contain_text("typed at once")
    assert [message.user for message in desk.slack.workspace.messages[OPS].values()] == [JON]


async def test_a_line_that_nobody_heard_comes_back_into_its_field(desk: Desk) -> None:
    page = await desk.open("")
    line = Line()
    await page.route_web_socket("**/_page/live?*", line.answer)
    await page.goto(f"{desk.slack.page_url}?as={MAYA}&c={OPS}")
    await expect(page.locator("body.cut")).to_have_count(0)
    line.deaf = True
    await say(page, "/saas restart instance-worker")
    await expect(page.locator("#foot textarea")).to_have_value("")
    await line.cut()
    await expect(page.locator("#foot textarea")).to_have_value("/saas restart instance-worker")


async def test_a_line_goes_where_its_field_stood_also_when_one_moves_on_at_once(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}")
    await expect(page.locator("#foot textarea")).to_be_visible()
    await page.fill("#foot textarea", "for ops")
    await page.evaluate("""() => {
        document.querySelector('#rail [data-channel=C0ALERTS01]').click();
        document.querySelector('#foot form').requestSubmit();
    }""")
    await expect(page.locator("#head h2")).to_have_text("# alerts")
    await page.click(f"#rail [data-channel={OPS}]")
    await expect(page.locator("#main .message")).to_contain_text("for ops")


async def test_what_was_offered_for_another_line_is_never_taken(desk: Desk) -> None:
    page = await desk.open(f"as={MAYA}&c={OPS}")
    await page.focus("#foot textarea")
    await page.keyboard.type("hello @jo")
    await expect(page.locator("#foot #hints button")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.evaluate("""() => {
        const area = document.querySelector('#foot textarea');
        area.value = 'hello @john';
        area.dispatchEvent(new Event('input', { bubbles: true }));
        area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    }""")
    await expect(page.locator("#main .message")).to_contain_text("hello @john")
