"""Dispatch: take what came from the inbox, hand it to its flow, and make sure that somebody hears how it went."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from bot.engine import acknowledging, attending, dialogs
from bot.engine.acknowledging import Acknowledging
from bot.engine.answers import refused
from bot.engine.asking import Asking
from bot.engine.attending import Attended
from bot.engine.deciding import Deciding
from bot.engine.dialogs import Dialogs
from bot.engine.homes import Homes
from bot.engine.loop import Backoff, forever
from bot.engine.noted import once_noted
from bot.engine.stopping import Stopping
from bot.engine.windows import refusing
from bot.errors import BotError, Denied, Fenced, Unreachable, UserError
from bot.model.event import Event, EventKind
from bot.model.incoming import Click, Command, HomeOpened, Incoming, Submission
from bot.model.outgoing import Outgoing
from bot.model.redaction import redact
from bot.ports_ledger import Claimed, Ledger

log = logging.getLogger(__name__)

WORKERS = 8
"""Deeds handled at once: as many slow reads as one API server answers gladly; the rest waits in the inbox."""

IDLE_S = 5.0
"""Longest wait without a look at the inbox; NOTIFY ends it at once."""

AWAY_S = 1.0
"""Between two tries while the database is away."""

MOST_ATTEMPTS = 3
"""A deed that cut off three processes is a bug; it is told as one instead of being tried for ever."""

DEED_S = 50.0
"""For one deed: a claim lasts 60 s, and past that another process would do it a second time."""


@dataclass(frozen=True)
class Dispatcher:
    """At least once per deed; every flow below is safe to repeat, for its results are keyed by the deed."""

    ledger: Ledger
    asking: Asking
    deciding: Deciding
    stopping: Stopping
    acknowledging: Acknowledging
    homes: Homes
    dialogs: Dialogs
    deed_s: float = DEED_S

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as workers:
            for _ in range(WORKERS):
                workers.create_task(forever(self._turn, name="dispatch", backoff=Backoff()))

    async def _turn(self) -> None:
        if claimed := await self.ledger.claim_incoming():
            while not await self._is_handled(claimed):
                await self.ledger.wait_incoming(AWAY_S)
        else:
            await self.ledger.wait_incoming(IDLE_S)

    async def _is_handled(self, claimed: Claimed) -> bool:
        """Do one deed; False while the database is away. Its claim is ours still, so we need not wait for its end."""
        try:
            await self.handle(claimed)
        except Unreachable as error:
            log.warning("%s waits for the database: %s", claimed.key, error)
            return False
        return True

    async def handle(self, claimed: Claimed) -> None:
        """Do one deed to its end. Raises Unreachable when the database is away: then it is done later."""
        item = claimed.item
        await attending.begin(self.ledger, item)
        try:
            if claimed.attempts >= MOST_ATTEMPTS:
                raise RuntimeError(f"cut off {claimed.attempts} times")
            async with in_time(self.deed_s):
                item = await self.dialogs.spelled(item)
                await self._route(item)
        except Fenced:
            log.info("%s was finished by another process", item.origin.key)
        except BotError as error:
            await self._tell(item, error)
        except Exception:  # the outermost frame: a bug must neither stop the loop nor leave the asker waiting
            reference = secrets.token_hex(3)
            log.exception("bug %s in %s", reference, type(item).__name__)
            await self._tell(item, BotError(f"Something in the bot is broken (reference {reference}).", hint=BUG_HINT))

    async def _route(self, item: Incoming) -> None:
        match item:
            case Command():
                await self.asking.ask(item.origin, item.text)
            case Click(action="run"):
                await self.asking.press(item, await self._card_under(item))
            case Click(action="stop"):
                await self.stopping.stop(item)
            case Click() if item.action in dialogs.ACTIONS:
                await self.dialogs.click(item)
            case Click() if item.action in acknowledging.ACTIONS:
                await self.acknowledging.click(item)
            case Click():
                await self.deciding.click(item)
            case Submission():
                await self.deciding.submit(item)
            case HomeOpened():
                await self.homes.show(item.origin)
            case _:
                assert_never(item)

    async def _card_under(self, click: Click) -> str:
        """The key of our card that was pressed; empty where it was none, or is forgotten."""
        channel, ts = click.origin.channel, click.message_ts
        if not ts or click.is_on_whisper:
            return ""
        return await once_noted(self.ledger, channel, partial(self.ledger.card_at, channel, ts)) or ""

    async def _tell(self, item: Incoming, error: BotError) -> None:
        """Tell the asker, keep it in the audit when a person was refused, and be done with the deed."""
        line = item.text if isinstance(item, Command) else ""
        if not isinstance(error, UserError):
            log.warning("%s failed: %s (%s)", type(item).__name__, error, error.__cause__)
        async with self.ledger.transaction() as tx:
            await tx.put(_refusal(item, error, line))
            if isinstance(error, Denied):
                await tx.audit(
                    Event(
                        kind=EventKind.REFUSED,
                        text=str(error),
                        detail={
                            "team": item.origin.team_id,
                            "user": item.origin.user_id,
                            "deed": redact(_told(item))[:300],
                        },
                    )
                )
            await attending.finish(tx, item.origin.key, Attended.REFUSED)


@asynccontextmanager
async def in_time(seconds: float) -> AsyncIterator[None]:
    """Stop what takes longer, so that slow deeds cannot hold all workers. Raises Unreachable."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise Unreachable(
            f"This took longer than {seconds:g} s, so I gave it up.",
            hint="Narrow it down and try again. `operations --mine` shows what was asked for.",
        ) from error


def _told(item: Incoming) -> str:
    """What the person did, for the audit."""
    match item:
        case Command():
            return item.text
        case Click():
            return f"{item.action} {item.value}"
        case Submission():
            return f"{item.callback} {item.value}"
        case HomeOpened():
            return "home"
        case _:
            assert_never(item)


def _refusal(item: Incoming, error: BotError, line: str) -> Outgoing:
    """In the modal that the person looks at, or else beside what he did."""
    if isinstance(item, Click) and item.view_id:
        return refusing(item.view_id, error)
    return refused(item.origin, error, line)


BUG_HINT = "`status` shows whether anything changed. Give the reference to whoever runs the bot."
