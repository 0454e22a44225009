"""Budgets in Redis, so that all replicas keep to Slack's limits together; without Redis each keeps its own."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.ports_budgets import Bucket, Budgets

ANSWER_S = 0.5
"""A budget that takes longer to ask than the call it paces is of no use."""
KEPT_S = 3600
"""Longer than any bucket takes to refill and any pause that Slack asks for."""

TAKE = """
local seconds, micros = unpack(redis.call('TIME'))
local now = seconds + micros / 1000000
local at_once, per_s, kept_back = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'blocked_until')
local blocked = tonumber(held[3] or 0) - now
if blocked > 0 then return tostring(blocked) end
local tokens = math.min(at_once, tonumber(held[1] or at_once) + (now - tonumber(held[2] or now)) * per_s)
local missing = 1 + kept_back - tokens
if missing <= 0 then tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], ARGV[4])
if missing <= 0 then return '0' end
return tostring(missing / per_s)
"""
"""Redis' own time, so that the clocks of the replicas do not matter."""

BLOCK = """
local seconds, micros = unpack(redis.call('TIME'))
local blocked_until = tonumber(redis.call('HGET', KEYS[1], 'blocked_until') or 0)
blocked_until = math.max(blocked_until, seconds + micros / 1000000 + tonumber(ARGV[1]))
redis.call('HSET', KEYS[1], 'blocked_until', tostring(blocked_until))
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""

log = logging.getLogger(__name__)


@asynccontextmanager
async def shared_budgets(url: str, *, otherwise: Budgets) -> AsyncIterator[Budgets]:
    """Budgets in the Redis or Valkey at *url* while the block runs. Connects when first asked."""
    async with Redis.from_url(url) as redis:
        yield RedisBudgets(redis, otherwise=otherwise)


class RedisBudgets:
    """Budgets of all replicas that share *redis*; *otherwise* serves while Redis does not answer."""

    def __init__(self, redis: Redis, *, otherwise: Budgets, prefix: str = "budget:") -> None:
        """Count under keys that begin with *prefix*."""
        self._take = redis.register_script(TAKE)
        self._block = redis.register_script(BLOCK)
        self._otherwise = otherwise
        self._prefix = prefix
        self._away = False

    @property
    def shared(self) -> bool:
        """Whether Redis answered when it was last asked."""
        return not self._away

    async def take(self, bucket: Bucket, kept_back: float) -> float:
        """Take one call, or say how long to wait."""
        try:
            async with asyncio.timeout(ANSWER_S):
                wait_s = await self._take(
                    keys=[self._prefix + bucket.name], args=[bucket.at_once, bucket.per_s, kept_back, KEPT_S]
                )
        except (RedisError, OSError, TimeoutError) as error:
            self._say_away(error)
            return await self._otherwise.take(bucket, kept_back)
        self._away = False
        return float(wait_s)

    async def block(self, bucket: Bucket, seconds: float) -> None:
        """Let nobody take from *bucket* for *seconds*."""
        await self._otherwise.block(bucket, seconds)
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._block(keys=[self._prefix + bucket.name], args=[seconds, KEPT_S])
        except (RedisError, OSError, TimeoutError) as error:
            self._say_away(error)

    def _say_away(self, error: Exception) -> None:
        if not self._away:
            log.warning("Redis does not answer (%s): this replica counts its own budgets.", type(error).__name__)
        self._away = True
