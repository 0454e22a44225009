"""The Slack side against the practice Slack, in one process and one time."""

from collections.abc import AsyncIterator

import pytest

from bot.manifest import slack_manifest
from playground.slack.clock import Clock as PracticeClock
from playground.slack.manifest import parse_manifest
from playground.slack.server import PracticeSlack
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.stand import Stand


@pytest.fixture
async def practice() -> AsyncIterator[PracticeSlack]:
    """A practice Slack of its own for each test, in real time at first."""
    async with PracticeSlack(parse_manifest(slack_manifest()), clock=PracticeClock()) as slack:
        yield slack


@pytest.fixture
async def stand(practice: PracticeSlack) -> AsyncIterator[Stand]:
    """The Slack side, running and connected."""
    clock = SharedClock(practice.clock)
    async with Stand(practice, inbox=FakeInbox(), outbox=FakeOutbox(clock), clock=clock) as standing:
        yield standing
