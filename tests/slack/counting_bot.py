"""A bot that only counts what it is told: `python -m tests.slack.counting_bot DSN API_URL BOT_TOKEN APP_TOKEN [SPEED]`.

Slack side, inbox and dispatcher are the real ones; the work on a deed is one row in `effect`, in the transaction that
finishes the deed, as every flow of the engine does it.
"""

import asyncio
import sys
from dataclasses import dataclass
from typing import cast

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
from bot.model.incoming import Click, Origin
from bot.slack.settings import SlackSettings, SocketSettings
from bot.slack.side import open_slack
from bot.store import PostgresLedger, opened_ledger
from tests.fakes.clocks import FastClock

SOCKETS = SocketSettings(sockets=2, ping_interval_s=0.5)
"""A dead peer is found within a second."""
ENDLESS = 1_000_000
"""Deeds of one person in a minute."""
PATIENT_S = 1.5
"""Before an ack: nobody in the crowd reads that a deed was not taken in yet."""
WORK = "INSERT INTO effect (key, line) SELECT $1, $2 FROM pg_sleep(0.01)"
"""Slower than an ack, so that what is acked often waits."""


@dataclass(frozen=True)
class Counting:
    """In place of Asking."""

    ledger: PostgresLedger

    async def ask(self, origin: Origin, line: str) -> None:
        """Count a command."""
        async with self.ledger.transaction() as tx:
            await tx.connection.execute(WORK, origin.key, line)
            await tx.finish_incoming(origin.key)

    async def press(self, click: Click, _card: str) -> None:
        """Count a click."""
        await self.ask(click.origin, click.value)


async def main(dsn: str, api_url: str, bot_token: str, app_token: str, speed: str = "1") -> None:
    """Run until killed, in a time that runs at *speed*."""
    settings = SlackSettings(
        bot_token=bot_token,
        app_token=app_token,
        api_url=api_url,
        socket=SOCKETS,
        deeds_per_minute=ENDLESS,
        ack_within_s=PATIENT_S,
    )
    async with (
        opened_ledger(dsn) as ledger,
        open_slack(settings, inbox=ledger, outbox=ledger, clock=FastClock(float(speed))) as slack,
        asyncio.TaskGroup() as tasks,
    ):
        dispatcher = Dispatcher(
            ledger=ledger,
            asking=cast(Asking, Counting(ledger)),
            deciding=cast(Deciding, None),
            stopping=cast(Stopping, None),
            acknowledging=cast(Acknowledging, None),
            homes=cast(Homes, None),
            dialogs=Dialogs(cast(Forms, None), cast(Consoles, None), cast(Acting, None)),
        )
        tasks.create_task(ledger.wakeups.run())
        tasks.create_task(slack.run())
        tasks.create_task(dispatcher.run())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
