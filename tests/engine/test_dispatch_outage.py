"""An outage between taking a deed and doing it: it is done when the database is back, not when its claim lapses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from bot.engine.acknowledging import Acknowledging
from bot.engine.acting import Acting
from bot.engine.asking import Asking
from bot.engine.consoles import Consoles
from bot.engine.deciding import Deciding
from bot.engine.dialogs import Dialogs
from bot.engine.dispatch import Dispatcher
from bot.engine.forms import Forms
from bot.engine.homes import Homes
from bot.engine.stopping import Stopping
from bot.errors import Unreachable
from bot.model.incoming import Command, Origin
from bot.ports_ledger import Transaction
from bot.store import PostgresLedger


@dataclass
class Failing:
    """A ledger whose first transactions fail, and whose waits are over at once."""

    ledger: PostgresLedger
    failures: int

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        if self.failures:
            self.failures -= 1
            raise Unreachable("The database does not answer.")
        async with self.ledger.transaction() as tx:
            yield tx

    async def wait_incoming(self, timeout_s: float) -> None:
        """No time passes."""
        await asyncio.sleep(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)


@dataclass
class Answering:
    """Finishes every deed that asks."""

    ledger: Failing
    done: asyncio.Event

    async def ask(self, origin: Origin, text: str) -> None:
        """As Asking."""
        async with self.ledger.transaction() as tx:
            await tx.finish_incoming(origin.key)
        self.done.set()


async def test_a_deed_that_met_an_outage_is_done_by_who_took_it(ledger: PostgresLedger) -> None:
    await ledger.accept(Command(Origin("k", "T1", "U1", "C1", datetime(2026, 5, 4, tzinfo=UTC)), "status"))
    failing = Failing(ledger, failures=4)
    asking = Answering(failing, asyncio.Event())
    dispatcher = Dispatcher(
        ledger=failing,
        asking=cast(Asking, asking),
        deciding=cast(Deciding, None),
        stopping=cast(Stopping, None),
        acknowledging=cast(Acknowledging, None),
        homes=cast(Homes, None),
        dialogs=Dialogs(cast(Forms, None), cast(Consoles, None), cast(Acting, None)),
    )
    running = asyncio.create_task(dispatcher.run())
    async with asyncio.timeout(120):
        await asking.done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await ledger.claim_incoming() is None
