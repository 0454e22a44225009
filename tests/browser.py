"""Chromium for tests marked `browser`. Playwright is imported when it is used: without it the others still run."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator
    from playwright.async_api._generated import LocatorAssertions


def expect(locator: Locator, *, patience_ms: int = 120_000) -> LocatorAssertions:
    """Wait up to *patience_ms* for what is asserted of *locator*."""
    from playwright.async_api import expect

    expect.set_options(timeout=patience_ms)
    return expect(locator)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium while the block runs."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()
