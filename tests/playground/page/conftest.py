"""A practice Slack with its page, and the small app connected to it."""

from collections.abc import AsyncIterator

import pytest

from playground.slack.manifest import parse_manifest
from playground.slack.server import PracticeSlack
from tests.playground.page.app import MANIFEST, connected, small_app


@pytest.fixture
async def slack() -> AsyncIterator[PracticeSlack]:
    async with PracticeSlack(parse_manifest(MANIFEST)) as slack:
        yield slack


@pytest.fixture
async def with_app(slack: PracticeSlack) -> AsyncIterator[PracticeSlack]:
    async with connected(small_app(slack), slack):
        yield slack
