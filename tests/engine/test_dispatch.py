"""Dispatch: one deed can neither hold a worker for ever nor be refused without a trace."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest

from bot.engine import attending
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
from bot.errors import Denied
from bot.model.incoming import Click, Command, Incoming, Origin, Submission
from bot.model.outgoing import Card, Message, Reaction, Whisper
from bot.ports_slack import Delivery, Location
from bot.store import PostgresLedger

ORIGIN = Origin("k", "T1", "U1", "C1", datetime(2026, 5, 4, tzinfo=UTC))
MENTION = Command(msgspec.structs.replace(ORIGIN, message_ts="3.1"), "status")


class Endless:
    """Never answers."""

    async def ask(self, origin: Origin, text: str) -> None:
        """As Asking."""
        await asyncio.Event().wait()


@dataclass
class Refusing:
    """Refuses everything."""

    async def ask(self, origin: Origin, text: str) -> None:
        """As Asking."""
        raise Denied("No.")

    async def click(self, click: Click) -> None:
        """As Deciding."""
        raise Denied("No.")

    async def submit(self, submission: Submission) -> None:
        """As Deciding."""
        raise Denied("No.")


@dataclass
class Answering:
    """Has nothing to say, and is done."""

    ledger: PostgresLedger

    async def ask(self, origin: Origin, text: str) -> None:
        """As Asking."""
        async with self.ledger.transaction() as tx:
            await attending.finish(tx, origin.key)


@dataclass
class Killed(Answering):
    """Is killed as soon as the deed is done."""

    async def ask(self, origin: Origin, text: str) -> None:
        """As Asking."""
        await super().ask(origin, text)
        raise asyncio.CancelledError


class Buggy:
    """Meets a bug."""

    async def ask(self, origin: Origin, text: str) -> None:
        """As Asking."""
        raise KeyError(text)


@dataclass
class Pressed:
    """Remembers which card was pressed."""

    ledger: PostgresLedger
    cards: list[str] = field(default_factory=list)

    async def press(self, click: Click, card: str) -> None:
        """As Asking."""
        self.cards.append(card)
        async with self.ledger.transaction() as tx:
            await tx.finish_incoming(click.origin.key)


class NotedLate:
    """A ledger that learns where the card stands only after it was asked."""

    def __init__(self, ledger: PostgresLedger, delivery: Delivery, stands: Location) -> None:
        self._ledger = ledger
        self._delivery = delivery
        self._stands = stands

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def card_at(self, channel: str, ts: str) -> str | None:
        """As Ledger."""
        found = await self._ledger.card_at(channel, ts)
        if found is None:
            await self._ledger.sent(self._delivery, self._stands)
        return found


def dispatcher(ledger: PostgresLedger, flow: Any, *, deed_s: float = 20.0) -> Dispatcher:
    return Dispatcher(
        ledger=ledger,
        asking=cast(Asking, flow),
        deciding=cast(Deciding, flow),
        stopping=cast(Stopping, None),
        acknowledging=cast(Acknowledging, None),
        homes=cast(Homes, None),
        dialogs=Dialogs(cast(Forms, None), cast(Consoles, None), cast(Acting, None)),
        deed_s=deed_s,
    )


async def handled(ledger: PostgresLedger, item: Incoming, flow: Any, *, deed_s: float = 20.0) -> str:
    """What the person is told."""
    await ledger.accept(item)
    claimed = await ledger.claim_incoming()
    assert claimed is not None
    async with asyncio.timeout(120):
        await dispatcher(ledger, flow, deed_s=deed_s).handle(claimed)
    [told] = [delivery.item for delivery in await ledger.claim(10)]
    assert isinstance(told, Whisper)
    return told.message.text


async def test_a_deed_that_never_ends_is_given_up_and_told(ledger: PostgresLedger) -> None:
    told = await handled(ledger, Command(ORIGIN, "logs web"), Endless(), deed_s=0.01)
    assert told == "This took longer than 0.01 s, so I gave it up."
    assert await ledger.claim_incoming() is None


@pytest.mark.parametrize(
    ("item", "deed"),
    [
        pytest.param(Command(ORIGIN, "scale web --replicas 0"), "scale web --replicas 0", id="line"),
        pytest.param(Command(ORIGIN, "x --password hunter2"), "x --password ‹redacted value›", id="line with a secret"),
        pytest.param(Click(ORIGIN, "approve", "operation-7"), "approve operation-7", id="click"),
        pytest.param(Submission(ORIGIN, "approve", "operation-7", "V1"), "approve operation-7", id="modal"),
    ],
)
async def test_the_audit_says_what_was_refused_and_to_whom(ledger: PostgresLedger, item: Incoming, deed: str) -> None:
    await handled(ledger, item, Refusing())
    [line] = [msgspec.json.decode(row) async for row in ledger.export_audit()]
    event = msgspec.json.decode(line["body"])["event"]
    assert (event["text"], event["detail"]) == ("No.", {"team": "T1", "user": "U1", "deed": deed})


@pytest.mark.parametrize(
    ("flow", "emoji"),
    [
        pytest.param(Answering, "white_check_mark", id="answered"),
        pytest.param(lambda ledger: Refusing(), "warning", id="refused"),
        pytest.param(lambda ledger: Buggy(), "warning", id="a bug"),
    ],
)
async def test_a_message_to_the_bot_bears_in_the_end_how_it_ended(
    ledger: PostgresLedger, flow: Callable[[PostgresLedger], object], emoji: str
) -> None:
    await ledger.accept(MENTION)
    claimed = await ledger.claim_incoming()
    assert claimed is not None
    await dispatcher(ledger, flow(ledger)).handle(claimed)
    assert await mark(ledger) == Reaction("reaction:k", "C1", "3.1", emoji, instead_of="eyes")


async def test_a_kill_right_after_a_deed_leaves_no_message_as_if_it_were_still_looked_after(
    ledger: PostgresLedger,
) -> None:
    await ledger.accept(MENTION)
    claimed = await ledger.claim_incoming()
    assert claimed is not None
    with pytest.raises(asyncio.CancelledError):
        await dispatcher(ledger, Killed(ledger)).handle(claimed)
    assert await ledger.claim_incoming() is None, "it is done"
    assert (await mark(ledger)).name == "white_check_mark"


async def test_who_comes_too_late_leaves_the_mark_as_it_is(ledger: PostgresLedger) -> None:
    await ledger.accept(MENTION)
    claimed = await ledger.claim_incoming()
    assert claimed is not None
    async with ledger.transaction() as tx:
        await attending.finish(tx, "k", attending.Attended.REFUSED)
    await dispatcher(ledger, Answering(ledger)).handle(claimed)
    assert (await mark(ledger)).name == "warning"


async def mark(ledger: PostgresLedger) -> Reaction:
    """The emoji that the message shall bear."""
    [found] = [one.item for one in await ledger.claim(10) if isinstance(one.item, Reaction)]
    return found


async def test_a_card_that_is_pressed_before_it_is_noted_where_it_stands_is_found(ledger: PostgresLedger) -> None:
    async with ledger.transaction() as tx:
        await tx.put(Card("reply:1", "C1", Message("page 1")))
    [delivery] = await ledger.claim(1)
    await ledger.accept(Click(ORIGIN, "run", "button-1", "7.0"))
    claimed = await ledger.claim_incoming()
    assert claimed is not None
    flow = Pressed(ledger)
    await dispatcher(cast(PostgresLedger, NotedLate(ledger, delivery, Location("C1", "7.0"))), flow).handle(claimed)
    assert flow.cards == ["reply:1"]
