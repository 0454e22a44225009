"""The database waits in Slack's time: what a sender postponed is due when Slack's clock says so."""

import asyncio

from bot.ports import Clock
from bot.store import PostgresLedger

LOOK_EVERY_S = 0.1
TURN = "UPDATE outbox SET not_before = not_before - $1::interval WHERE is_due AND not_before > '-infinity'"


async def keep_pace(clock: Clock, ledger: PostgresLedger) -> None:
    """Turn what waits as far as *clock* goes, until cancelled."""
    then = clock.now()
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        now = clock.now()
        await ledger.database.execute(TURN, now - then)
        then = now
