"""Rows that another version of the bot wrote and this one cannot read: left to it, and in nobody's way."""

from datetime import UTC, datetime

import pytest

from bot.model.incoming import Command, Origin
from bot.model.outgoing import Card, Message
from bot.store import PostgresLedger

NEWER = '{"type": "hologram", "key": "newer"}'


async def test_an_unreadable_message_holds_up_no_other(
    ledger: PostgresLedger, caplog: pytest.LogCaptureFixture
) -> None:
    async with ledger.transaction() as tx:
        await tx.put(Card("newer", "C1", Message("x")), Card("ours", "C1", Message("x")))
    await ledger.database.execute("UPDATE outbox SET item = $1 WHERE key = 'newer'", NEWER)
    assert [delivery.item.key for delivery in await ledger.claim(10)] == ["ours"]
    assert await ledger.claim(10) == []
    assert (await ledger.backlog()).due == 2, "it waits for a version that can read it"
    assert caplog.messages == ["A message in the outbox is not one that this version can read; it waits for a newer."]


async def test_an_unreadable_deed_holds_up_no_other(ledger: PostgresLedger, caplog: pytest.LogCaptureFixture) -> None:
    for key in ("newer", "ours"):
        await ledger.accept(Command(Origin(key, "T1", "U1", "C1", datetime(2026, 5, 4, tzinfo=UTC)), "status"))
    await ledger.database.execute("UPDATE inbox SET item = $1 WHERE key = 'newer'", NEWER)
    assert await ledger.claim_incoming() is None
    claimed = await ledger.claim_incoming()
    assert claimed is not None
    assert claimed.key == "ours"
    assert caplog.messages == ["newer is not a deed that this version can read; it waits for a newer."]
