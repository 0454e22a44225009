"""Budgets that replicas share through Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis, from_url

from bot.ports_budgets import Bucket
from bot.store import budgets as budgets_module
from bot.store.budgets import RedisBudgets

SLOW = Bucket("chat.update", at_once=5, per_s=0.1)


class NoBudgets:
    """What serves while Redis is away: always says the same."""

    shared = False

    async def take(self, bucket: Bucket, kept_back: float) -> float:
        """As bot.ports_budgets.Budgets."""
        return 42.0

    async def block(self, bucket: Bucket, seconds: float) -> None:
        """As bot.ports_budgets.Budgets."""


@pytest.fixture
async def redis(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Redis]:
    """A client of an empty Valkey, which a busy machine may let answer late."""
    monkeypatch.setattr(budgets_module, "ANSWER_S", 60.0)
    async with from_url(valkey_url) as client:
        yield client


async def test_replicas_take_from_one_bucket(redis: Redis) -> None:
    replicas = [RedisBudgets(redis, otherwise=NoBudgets()) for _ in range(2)]
    waits = await asyncio.gather(*(replicas[n % 2].take(SLOW, 0.0) for n in range(8)))
    assert sorted(waits)[:5] == [0.0] * 5
    assert all(0 < wait <= 10 for wait in sorted(waits)[5:])


async def test_some_calls_are_kept_back_for_others(redis: Redis) -> None:
    budgets = RedisBudgets(redis, otherwise=NoBudgets())
    assert [await budgets.take(SLOW, 3.0) > 0 for _ in range(3)] == [False, False, True]
    assert await budgets.take(SLOW, 0.0) == 0


async def test_a_pause_holds_for_all_and_is_never_shortened(redis: Redis) -> None:
    budgets, other = (RedisBudgets(redis, otherwise=NoBudgets()) for _ in range(2))
    await budgets.block(SLOW, 60)
    await budgets.block(SLOW, 1)
    assert 1 < await other.take(SLOW, 0.0) <= 60


async def test_a_bucket_fills_again(redis: Redis) -> None:
    budgets, quick = RedisBudgets(redis, otherwise=NoBudgets()), Bucket("quick", at_once=1, per_s=1e6)
    assert [await budgets.take(quick, 0.0) for _ in range(5)] == [0.0] * 5


async def test_without_redis_each_replica_counts_for_itself(unused_tcp_port: int) -> None:
    async with from_url(f"redis://127.0.0.1:{unused_tcp_port}") as nobody:
        budgets = RedisBudgets(nobody, otherwise=NoBudgets())
        await budgets.block(SLOW, 1)
        assert await budgets.take(SLOW, 0.0) == 42.0
