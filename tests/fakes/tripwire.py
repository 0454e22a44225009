"""A process that dies at the n-th thing it does with the database or the cluster."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bot.store import PostgresLedger
from bot.store.transaction import PostgresTransaction
from tests.fakes.versioned import VersionedCluster


class Crash(BaseException):
    """The process is gone: nobody may catch this and go on."""


@dataclass
class Tripwire:
    """Lets everything pass but the n-th step."""

    at: int
    passed: list[str] = field(default_factory=list)

    async def step(self, name: str) -> None:
        """Pass, or die."""
        self.passed.append(name)
        if len(self.passed) == self.at:
            raise Crash(name)


@dataclass(frozen=True)
class TrippingTransaction:
    """Steps on the wire before each call. What was not committed is gone, as when the connection drops."""

    tx: PostgresTransaction
    wire: Tripwire

    def __getattr__(self, name: str) -> Any:
        async def call(*arguments: Any, **named: Any) -> Any:
            await self.wire.step(f"before {name}")
            return await getattr(self.tx, name)(*arguments, **named)

        return call


@dataclass(frozen=True)
class TrippingLedger:
    """Steps on the wire around each transaction, too."""

    ledger: PostgresLedger
    wire: Tripwire

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[TrippingTransaction]:
        await self.wire.step("before transaction")
        async with self.ledger.transaction() as tx:
            yield TrippingTransaction(tx, self.wire)
            await self.wire.step("before commit")
        await self.wire.step("after commit")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)


def tripping(cluster: VersionedCluster, wire: Tripwire) -> VersionedCluster:
    """The same cluster, with a step on the wire before each read and around each write."""
    return replace(
        cluster,
        before_read=lambda name: wire.step(f"before read {name}"),
        before_write=lambda name: wire.step(f"before write {name}"),
        after_write=lambda name: wire.step(f"after write {name}"),
    )
