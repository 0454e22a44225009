"""One practice world for all tests of a module; each acts on objects of its own."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.journeys.stand import Stand, open_stand


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stand() -> AsyncIterator[Stand]:
    """Give a world with the bot connected."""
    async with open_stand() as opened:
        yield opened
