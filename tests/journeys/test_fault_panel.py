"""Everything in the panel that breaks Slack, pressed once in a browser: the bot is there again once it is mended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from playground.slack.lasting import LASTING
from playground.slack.mischief import MISCHIEF
from tests.browser import chromium, expect
from tests.journeys.stand import MAYA, OPS, Stand

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PATIENCE_MS = 120_000
LINE = "/saas can-i patch deployments"
ASKED_SELDOM = frozenset({"link-disabled", "too-many"})
"""After these the bot waits for minutes, as Slack wants it; a bot that is started anew does not."""

USED_UP = frozenset({"refuse", "throttle", "fail", "lose", "duplicate"})
"""Over by themselves after a while, perhaps before one looks."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(stand: Stand) -> AsyncIterator[Page]:
    """The panel, open, for Maya."""
    async with chromium() as browser:
        opened = await (await browser.new_context(viewport={"width": 1440, "height": 900})).new_page()
        troubles: list[str] = []
        opened.on("pageerror", lambda error: troubles.append(str(error)))
        await opened.goto(f"{stand.world.slack.page_url}?as={MAYA}&c={OPS}")
        await opened.click("text=Break something")
        yield opened
    assert troubles == []


def item(page: Page, name: str) -> Locator:
    """A fault's place in the panel."""
    return page.locator(f'.faults li:has([data-name="{name.replace("-", " ").capitalize()}"])')


async def answered(stand: Stand) -> None:
    """Ask until Slack takes it and the bot answers."""

    def private() -> set[str]:
        return {message.ts for message in stand.whispers(MAYA)}

    before = private()
    while not (await stand.say(MAYA, LINE)).ok:
        await stand.eventually(lambda: stand.world.slack.sockets.connections)
    await stand.eventually(lambda: private() - before)


@pytest.mark.parametrize("name", [name for name in MISCHIEF if name != "mend"])
async def test_a_fault_is_seen_in_the_panel_and_over_once_it_is_mended(stand: Stand, page: Page, name: str) -> None:
    await item(page, name).locator("button").click()
    if name in LASTING.keys() - USED_UP:
        await expect(item(page, name).locator("b"), patience_ms=PATIENCE_MS).to_have_text("in effect")
    await page.fill("#foot textarea", LINE)
    await page.press("#foot textarea", "Enter")
    await item(page, "mend").locator("button").click()
    await expect(page.locator(".faults li b"), patience_ms=PATIENCE_MS).to_have_count(0)
    if name in ASKED_SELDOM:
        await page.click('[data-name="Kill the bot"]')
    await answered(stand)
