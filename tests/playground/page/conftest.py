"""A practice Slack with its page, and the small app connected to it."""

from collections.abc import AsyncIterator

import pytest

from playground.slack.manifest import parse_manifest
from playground.slack.server import PracticeSlack
from tests.browser import chromium
from tests.playground.page.app import MANIFEST, connected, small_app
from tests.playground.page.desk import Desk


@pytest.fixture
async def slack() -> AsyncIterator[PracticeSlack]:
    async with PracticeSlack(parse_manifest(MANIFEST)) as slack:
        yield slack


@pytest.fixture
async def with_app(slack: PracticeSlack) -> AsyncIterator[PracticeSlack]:
    async with connected(small_app(slack), slack):
        yield slack


@pytest.fixture
async def desk(with_app: PracticeSlack) -> AsyncIterator[Desk]:
    async with chromium() as browser:
        desk = Desk(browser, with_app, [])
        yield desk
    assert desk.troubles == []
