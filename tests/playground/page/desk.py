"""A browser at the practice Slack, and what a person does in it.

Playwright is imported only where it is used: without it the tests are still collected, and named as left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.slack.server import PracticeSlack

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

MAYA, JON = "U0MAYA0001", "U0JON00001"
PATIENCE_MS = 120_000
"""A shared machine may be busy; a page that is right is right at once, so only failures wait this long."""


@dataclass
class Desk:
    """A browser at the practice Slack; troubles are what its console complained of."""

    browser: Browser
    slack: PracticeSlack
    troubles: list[str]

    async def open(self, query: str, *, viewport: tuple[int, int] = (1440, 900)) -> Page:
        context = await self.browser.new_context(viewport={"width": viewport[0], "height": viewport[1]})
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda line: self.troubles.append(line.text) if line.type == "error" else None)
        await page.goto(f"{self.slack.page_url}?{query}")
        return page


async def say(page: Page, text: str, *, column: str = "#foot") -> None:
    await page.fill(f"{column} textarea", text)
    await page.press(f"{column} textarea", "Enter")
