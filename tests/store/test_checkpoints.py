"""Signed heads: who owns the database can cut the chain off or compute it anew, and is found out all the same."""

from datetime import timedelta

import asyncpg
import pytest

from bot.errors import Conflict
from bot.model.checkpoint import Checkpoint, Signer
from bot.model.event import Event, EventKind
from bot.store import PostgresLedger
from bot.store.audit import START, chained

KEY, OTHER = "k" * 32, "o" * 32
SIGNER = Signer.of(KEY)


async def note(ledger: PostgresLedger, *texts: str) -> None:
    """Append a row each."""
    for text in texts:
        async with ledger.transaction() as tx:
            await tx.audit(Event(kind=EventKind.REFUSED, text=text))


async def as_superuser(dsn: str, *statements: str) -> None:
    """Change what only somebody who switches the triggers off can change."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET session_replication_role = replica")
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def rewritten(dsn: str) -> None:
    """Change the first row, and compute every hash after it anew: the chain itself is whole."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET session_replication_role = replica")
    before = START
    for row in await connection.fetch("SELECT seq, body FROM audit_event ORDER BY seq"):
        body = row["body"].replace(b"one", b"uno")
        after = chained(before, body)
        await connection.execute(
            "UPDATE audit_event SET body = $2, prev_hash = $3, hash = $4 WHERE seq = $1",
            row["seq"],
            body,
            before,
            after,
        )
        before = after
    await connection.close()


async def test_an_untouched_chain_is_signed_up_to_its_last_checkpoint(ledger: PostgresLedger) -> None:
    await note(ledger, "one", "two")
    assert await ledger.checkpoint(SIGNER) == Checkpoint(2, bytes.fromhex((await ledger.verify_audit()).head))
    await note(ledger, "three")
    report = await ledger.verify_audit(SIGNER)
    assert (report.size, report.signed, report.faults) == (3, 2, ())


async def test_an_empty_chain_has_no_head_to_sign(ledger: PostgresLedger) -> None:
    assert await ledger.checkpoint(SIGNER) is None


async def test_two_replicas_sign_one_head_once(ledger: PostgresLedger) -> None:
    await note(ledger, "one")
    assert await ledger.checkpoint(SIGNER) == await ledger.checkpoint(SIGNER)


async def test_a_chain_that_was_computed_anew_is_not_the_one_that_was_signed(
    ledger: PostgresLedger, ledger_dsn: str
) -> None:
    await note(ledger, "one", "two")
    await ledger.checkpoint(SIGNER)
    await rewritten(ledger_dsn)
    faults = (await ledger.verify_audit(SIGNER)).faults
    assert [fault.partition(", signed")[0] for fault in faults] == ["Rows 1 to 2 are not those of the head"]


async def test_a_chain_that_no_longer_holds_an_earlier_head_is_not_signed(
    ledger: PostgresLedger, ledger_dsn: str
) -> None:
    await note(ledger, "one", "two")
    before = await ledger.checkpoint(SIGNER)
    await note(ledger, "three")
    assert await ledger.checkpoint(SIGNER, after=before) is not None
    await rewritten(ledger_dsn)
    with pytest.raises(Conflict, match="no longer holds the head of row 2"):
        await ledger.checkpoint(SIGNER, after=before)


async def test_a_chain_that_was_cut_off_has_lost_what_was_signed(ledger: PostgresLedger, ledger_dsn: str) -> None:
    await note(ledger, "one", "two", "three")
    await ledger.checkpoint(SIGNER)
    await as_superuser(ledger_dsn, "DELETE FROM audit_event WHERE seq = 3")
    [fault] = (await ledger.verify_audit(SIGNER)).faults
    assert fault.startswith("Its end was cut off: it has 2 rows, and had 3 at the head, signed")


FORGERIES = {
    "with no key": "UPDATE audit_checkpoint SET sig = '\\x00'",
    "for another size": "UPDATE audit_checkpoint SET size = 1, head = (SELECT hash FROM audit_event WHERE seq = 1)",
}


@pytest.mark.parametrize("statement", FORGERIES.values(), ids=FORGERIES.keys())
async def test_a_head_that_the_key_did_not_sign_is_no_head(
    ledger: PostgresLedger, ledger_dsn: str, statement: str
) -> None:
    await note(ledger, "one", "two")
    await ledger.checkpoint(SIGNER)
    await as_superuser(ledger_dsn, statement)
    [fault] = (await ledger.verify_audit(SIGNER)).faults
    assert "its signature is forged" in fault


async def test_without_its_signed_heads_a_chain_is_not_believed(ledger: PostgresLedger, ledger_dsn: str) -> None:
    await note(ledger, "one", "two")
    await ledger.checkpoint(SIGNER)
    await as_superuser(ledger_dsn, "DELETE FROM audit_checkpoint")
    assert (await ledger.verify_audit(SIGNER)).faults == ("No head of the chain is signed with this key.",)


async def test_an_older_key_still_verifies_what_it_signed(ledger: PostgresLedger) -> None:
    await note(ledger, "one")
    await ledger.checkpoint(Signer.of(OTHER))
    [unknown] = (await ledger.verify_audit(SIGNER)).faults
    assert "a key that is not among those given" in unknown
    assert (await ledger.verify_audit(Signer.of(f"{KEY},{OTHER}"))).faults == ()


async def test_a_head_that_was_told_outside_shows_what_the_database_alone_cannot(
    ledger: PostgresLedger, ledger_dsn: str
) -> None:
    await note(ledger, "one", "two", "three")
    told = await ledger.checkpoint(SIGNER)
    assert told is not None
    await as_superuser(ledger_dsn, "DELETE FROM audit_event WHERE seq > 1", "DELETE FROM audit_checkpoint")
    assert (await ledger.verify_audit()).faults == (), "the database alone is whole"
    [fault] = (await ledger.verify_audit(told=[told])).faults
    assert fault == "Its end was cut off: it has 1 row, and had 3 at the head that was told."
    assert (await ledger.verify_audit(told=[Checkpoint(1, bytes(32))])).faults == (
        "Row 1 is not that of the head that was told.",
    )


async def test_a_head_is_told_once_a_day_whoever_asks(ledger: PostgresLedger, ledger_dsn: str) -> None:
    async def told() -> bool:
        async with ledger.transaction() as tx:
            if not await tx.is_head_due(timedelta(days=1)):
                return False
            await tx.audit(Event(kind=EventKind.ANCHORED))
            return True

    assert [await told(), await told()] == [True, False]
    await as_superuser(ledger_dsn, "UPDATE audit_event SET at = at - interval '25 hours'")
    assert await told()
