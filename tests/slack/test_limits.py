"""Budgets in one process."""

import pytest

from bot.model.outgoing import Lane
from bot.slack.limits import KEPT_BACK, PER_MINUTE, LocalBudgets, buckets
from tests.fakes.clocks import HandClock


async def taken_in(seconds: float, method: str, lane: Lane, channel: str = "C1") -> int:
    """How many calls a caller that never rests gets through in *seconds*."""
    clock = HandClock()
    budgets, (bucket, *_), calls = LocalBudgets(clock), buckets(method, channel), 0
    until = clock.now().timestamp() + seconds
    while clock.now().timestamp() < until:
        wait_s = await budgets.take(bucket, bucket.at_once * KEPT_BACK[lane])
        calls += wait_s == 0
        clock.turn(wait_s)
    return calls


@pytest.mark.parametrize("method", sorted(set(PER_MINUTE) - {"chat.postMessage"}))
async def test_no_minute_holds_more_calls_than_slack_allows(method: str) -> None:
    calls = await taken_in(60, method, Lane.APPROVAL)
    assert 0.9 * PER_MINUTE[method] <= calls <= PER_MINUTE[method] + 1


async def test_a_channel_gets_a_message_a_second_after_a_short_burst() -> None:
    assert 60 <= await taken_in(60, "chat.postMessage", Lane.APPROVAL) <= 64


async def test_progress_leaves_calls_for_approvals() -> None:
    clock = HandClock()
    budgets, (bucket,) = LocalBudgets(clock), buckets("chat.update", "C1")
    while await budgets.take(bucket, bucket.at_once * KEPT_BACK[Lane.PROGRESS]) == 0:
        pass
    assert [await budgets.take(bucket, 0.0) for _ in range(4)] == [0, 0, 0, 0]


async def test_after_a_429_nobody_asks_before_the_time_is_up() -> None:
    clock = HandClock()
    budgets, (bucket,) = LocalBudgets(clock), buckets("chat.update", "C1")
    await budgets.block(bucket, 30)
    assert await budgets.take(bucket, 0.0) == pytest.approx(30)
    clock.turn(30)
    assert await budgets.take(bucket, 0.0) == 0


async def test_channels_do_not_share_their_second() -> None:
    budgets = LocalBudgets(HandClock())
    one, two = buckets("chat.postMessage", "C1")[0], buckets("chat.postMessage", "C2")[0]
    await budgets.block(one, 60)
    assert await budgets.take(two, 0.0) == 0
