"""Slack's rate limits per method, and the budgets that keep us inside them.

Tiers: https://docs.slack.dev/apis/web-api/rate-limits. A method that is not listed is not called by the sender.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.model.outgoing import Lane
from bot.ports import Clock
from bot.ports_budgets import Bucket

PER_MINUTE: Mapping[str, float] = MappingProxyType(
    {
        "chat.postMessage": 300.0,  # "several hundred" for a workspace
        "chat.update": 50.0,
        "chat.postEphemeral": 100.0,
        "conversations.open": 50.0,
        "conversations.history": 50.0,
        "conversations.replies": 50.0,
        "files.getUploadURLExternal": 100.0,
        "files.completeUploadExternal": 100.0,
        "files.info": 100.0,
        "reactions.add": 50.0,
        "reactions.remove": 20.0,
        "views.update": 100.0,
        "views.publish": 100.0,
    }
)
POSTS_PER_CHANNEL_PER_MINUTE = 60.0
POSTS_PER_CHANNEL_AT_ONCE = 3.0
AT_ONCE_SHARE = 0.2
"""Of a minute's calls that may leave in one go; the rest trickles, so that no minute holds more than its limit."""
KEPT_BACK: Mapping[Lane, float] = MappingProxyType(
    {Lane.APPROVAL: 0.0, Lane.ALERT: 0.1, Lane.ANSWER: 0.2, Lane.PROGRESS: 0.4}
)
"""Share of the calls at once that a lane leaves to those before it."""


def buckets(method: str, channel: str) -> tuple[Bucket, ...]:
    """The limits that a call of *method* in *channel* falls under, the narrowest first."""
    per_minute = PER_MINUTE[method]
    whole = Bucket(method, per_minute * AT_ONCE_SHARE, per_minute * (1 - AT_ONCE_SHARE) / 60)
    if method != "chat.postMessage":
        return (whole,)
    per_channel = Bucket(f"{method}:{channel}", POSTS_PER_CHANNEL_AT_ONCE, POSTS_PER_CHANNEL_PER_MINUTE / 60)
    return (per_channel, whole)


def level(bucket: Bucket, *, tokens: float, elapsed_s: float) -> float:
    """What the bucket holds now, when it held *tokens* *elapsed_s* ago."""
    return min(bucket.at_once, tokens + max(0.0, elapsed_s) * bucket.per_s)


class LocalBudgets:
    """Budgets of one process."""

    shared = False

    def __init__(self, clock: Clock) -> None:
        """Start with full buckets."""
        self._clock = clock
        self._tokens: dict[str, tuple[float, float]] = {}
        self._blocked_until: dict[str, float] = {}

    async def take(self, bucket: Bucket, kept_back: float) -> float:
        """Take one call, or say how long to wait."""
        now = self._clock.now().timestamp()
        blocked_s = self._blocked_until.get(bucket.name, 0.0) - now
        if blocked_s > 0:
            return blocked_s
        tokens, at = self._tokens.get(bucket.name, (bucket.at_once, now))
        tokens = level(bucket, tokens=tokens, elapsed_s=now - at)
        missing = 1.0 + kept_back - tokens
        taken = missing <= 0
        self._tokens[bucket.name] = (tokens - 1.0 if taken else tokens, now)
        return 0.0 if taken else missing / bucket.per_s

    async def block(self, bucket: Bucket, seconds: float) -> None:
        """Let nobody take from *bucket* for *seconds*."""
        until = self._clock.now().timestamp() + seconds
        self._blocked_until[bucket.name] = max(until, self._blocked_until.get(bucket.name, 0.0))
