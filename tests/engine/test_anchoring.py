"""Anchoring: the head is signed and told once a day, and a chain that was changed is signed no more."""

import asyncpg
import pytest

from bot.engine.anchoring import Anchoring
from bot.model.checkpoint import Checkpoint, Signer
from bot.model.event import Event, EventKind
from bot.model.outgoing import Card
from bot.store import PostgresLedger
from tests.render.reading import read

SIGNER = Signer.of("k" * 32)


async def note(ledger: PostgresLedger, text: str) -> None:
    """Append a row."""
    async with ledger.transaction() as tx:
        await tx.audit(Event(kind=EventKind.REFUSED, text=text))


async def told(ledger: PostgresLedger) -> list[str]:
    """What goes to the audit's channel."""
    cards = [due.item for due in await ledger.claim(20)]
    assert all(isinstance(card, Card) and card.channel == "C-AUDIT" for card in cards)
    return [read(card.message.blocks) for card in cards if isinstance(card, Card)]


@pytest.fixture
def anchoring(ledger: PostgresLedger) -> Anchoring:
    return Anchoring(ledger, SIGNER, "C-AUDIT")


async def test_a_head_is_told_with_the_line_that_checks_it(anchoring: Anchoring, ledger: PostgresLedger) -> None:
    await note(ledger, "one")
    await anchoring.anchor()
    head = anchoring.last
    assert head is not None
    [text] = await told(ledger)
    assert "The audit has 1 row" in text
    assert f"`bot audit verify --head {head}`" in text
    assert (await ledger.verify_audit(SIGNER, [Checkpoint.read(str(head))])).faults == ()


async def test_it_is_told_once_a_day_by_all_replicas_together(anchoring: Anchoring, ledger: PostgresLedger) -> None:
    await note(ledger, "one")
    for one in (anchoring, Anchoring(ledger, SIGNER, "C-AUDIT"), anchoring):
        await one.anchor()
        await note(ledger, "more")
    assert len(await told(ledger)) == 1
    assert (await ledger.verify_audit(SIGNER)).signed == 4


async def test_an_empty_chain_is_not_told(anchoring: Anchoring, ledger: PostgresLedger) -> None:
    await anchoring.anchor()
    assert await told(ledger) == []


async def test_with_no_channel_it_is_signed_alone(ledger: PostgresLedger) -> None:
    await note(ledger, "one")
    await Anchoring(ledger, SIGNER, "").anchor()
    assert await told(ledger) == []
    assert (await ledger.verify_audit(SIGNER)).signed == 1


async def test_what_was_changed_behind_its_back_is_told_and_signed_by_nobody(
    anchoring: Anchoring, ledger: PostgresLedger, ledger_dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    await note(ledger, "one")
    await anchoring.anchor()
    await told(ledger)
    connection = await asyncpg.connect(ledger_dsn)
    await connection.execute("SET session_replication_role = replica; TRUNCATE audit_event; TRUNCATE audit_checkpoint")
    await connection.close()
    await note(ledger, "uno")
    await anchoring.anchor()
    [text] = await told(ledger)
    assert text.startswith("🔴 *The audit was changed in the database*")
    assert "no longer holds the head of row 1" in caplog.text
    assert (await ledger.verify_audit(SIGNER)).signed == 0
