"""A practice Slack whose clock stands still, and clients for it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.clock import Clock
from playground.slack.manifest import parse_manifest
from playground.slack.server import PracticeSlack
from tests.playground.slack.app import MANIFEST, BareApp

NOON = 1_790_000_000.0


@pytest.fixture
async def slack() -> AsyncIterator[PracticeSlack]:
    async with PracticeSlack(parse_manifest(MANIFEST), clock=Clock(scale=0, start=NOON)) as practice:
        yield practice


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(slack: PracticeSlack, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)


@pytest.fixture
def app(client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client)


@pytest.fixture
def bare(slack: PracticeSlack, session: aiohttp.ClientSession) -> BareApp:
    return BareApp(slack, session)
