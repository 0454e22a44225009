"""Budgets: how often we may still call another system, counted for all replicas together."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Bucket:
    """One limit: *at_once* calls, refilled by *per_s*."""

    name: str
    at_once: float
    per_s: float


class Budgets(Protocol):
    """What is left of the limits. Never raises: a budget that cannot be asked must not stop what it paces."""

    @property
    def shared(self) -> bool:
        """Whether all replicas count together now."""

    async def take(self, bucket: Bucket, kept_back: float) -> float:
        """Take one call and return 0; or take nothing and return the seconds after which to ask again.

        *kept_back* calls are left for others.
        """

    async def block(self, bucket: Bucket, seconds: float) -> None:
        """Let nobody take from *bucket* for *seconds*: the other system asked for a pause."""
