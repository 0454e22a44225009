"""Rate limits on a clock that is turned, and how a client sees them."""

import asyncio

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.clock import Clock
from playground.slack.limits import POSTS_PER_CHANNEL, Limits, Tier
from playground.slack.server import PracticeSlack
from tests.playground.slack.app import OPS


@pytest.mark.parametrize("tier", [Tier.T2, Tier.T3, Tier.T4], ids=lambda tier: tier.name)
def test_a_tier_admits_its_number_a_minute(tier: Tier) -> None:
    clock = Clock(scale=0)
    limits = Limits(clock)
    waits = [limits.admit("m", tier) for _ in range(tier.value + 1)]
    clock.turn(60)
    again = [limits.admit("m", tier) for _ in range(tier.value + 1)]
    assert [w > 0 for w in waits] == [w > 0 for w in again] == [False] * tier.value + [True]


def test_methods_have_budgets_of_their_own() -> None:
    limits = Limits(Clock(scale=0))
    limits.exhaust("chat.update", Tier.T3)
    assert limits.admit("chat.update", Tier.T3) == 2
    assert limits.admit("chat.delete", Tier.T3) == 0
    assert limits.meters()["chat.update"] == 1.0


def test_channels_have_budgets_of_their_own() -> None:
    clock = Clock(scale=0)
    limits = Limits(clock)
    waits = [limits.admit("chat.postMessage", Tier.POSTING, channel="C1") for _ in range(POSTS_PER_CHANNEL + 1)]
    assert (waits[-2], waits[-1]) == (0, 1)
    assert limits.admit("chat.postMessage", Tier.POSTING, channel="C2") == 0
    clock.turn(1)
    assert limits.admit("chat.postMessage", Tier.POSTING, channel="C1") == 0


async def test_a_burst_of_thirty_messages_meets_429(slack: PracticeSlack, client: AsyncWebClient) -> None:
    replies = await asyncio.gather(
        *(client.chat_postMessage(channel=OPS, text=str(n)) for n in range(30)), return_exceptions=True
    )
    refused = [reply.response for reply in replies if isinstance(reply, SlackApiError)]
    assert len(refused) == 30 - POSTS_PER_CHANNEL
    assert {(r.status_code, r["error"], r.headers["Retry-After"]) for r in refused} == {(429, "ratelimited", "1")}
    assert len(slack.workspace.messages[OPS]) == POSTS_PER_CHANNEL
