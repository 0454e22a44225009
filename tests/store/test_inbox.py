"""The inbox: each deed once, however often it is delivered, and never lost with the process that took it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import Fenced
from bot.model.incoming import Click, Command, HomeOpened, Incoming, Origin, Submission
from bot.store import PostgresLedger, inbox


def origin(key: str) -> Origin:
    """Somebody's deed."""
    return Origin(key, "T1", "U1", "C1", datetime(2026, 5, 4, 14, 0, tzinfo=UTC))


DEEDS: dict[str, Incoming] = {
    "command": Command(origin("k"), "scale “web” \u0000\u202e <!channel>"),
    "click": Click(origin("k"), action="approve", value="1", message_ts="1.0"),
    "submission": Submission(origin("k"), callback="deny", value="1", view_id="V1", fields={"reason": "no"}),
    "home": HomeOpened(origin("k")),
}


@pytest.mark.parametrize("deed", list(DEEDS.values()), ids=list(DEEDS))
async def test_what_is_accepted_is_claimed_as_it_was(ledger: PostgresLedger, deed: Incoming) -> None:
    assert await ledger.accept(deed)
    claimed = await ledger.claim_incoming()
    assert claimed is not None
    assert (claimed.key, claimed.item, claimed.attempts) == ("k", deed, 0)


HALVES = {
    "in a line": (Command(origin("k"), "logs \ud83d web"), Command(origin("k"), "logs \ufffd web")),
    "in a field": (
        Submission(origin("k"), callback="deny", value="1", view_id="V1", fields={"reason": "no \ude00\U0001f600"}),
        Submission(origin("k"), callback="deny", value="1", view_id="V1", fields={"reason": "no \ufffd\U0001f600"}),
    ),
}


@pytest.mark.parametrize(("deed", "kept"), list(HALVES.values()), ids=list(HALVES))
async def test_half_of_an_emoji_costs_that_sign_alone(ledger: PostgresLedger, deed: Incoming, kept: Incoming) -> None:
    assert await ledger.accept(deed)
    claimed = await ledger.claim_incoming()
    assert claimed is not None
    assert claimed.item == kept


async def test_the_same_deed_is_accepted_once(ledger: PostgresLedger) -> None:
    accepted = await asyncio.gather(*(ledger.accept(DEEDS["command"]) for _ in range(10)))
    assert sorted(accepted) == [False] * 9 + [True]


async def test_deeds_are_claimed_in_order_each_once(ledger: PostgresLedger) -> None:
    for key in "abc":
        await ledger.accept(Command(origin(key), "status"))
    claimed = [await ledger.claim_incoming() for _ in range(4)]
    assert [claim.key if claim else None for claim in claimed] == ["a", "b", "c", None]


async def test_a_deed_of_a_dead_process_is_taken_again(ledger: PostgresLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "CLAIM", timedelta(0))
    await ledger.accept(DEEDS["command"])
    await ledger.claim_incoming()
    again = await ledger.claim_incoming()
    assert again is not None
    assert again.attempts == 1


async def test_a_deed_is_finished_once(ledger: PostgresLedger) -> None:
    await ledger.accept(DEEDS["command"])

    async def finish() -> None:
        async with ledger.transaction() as tx:
            await tx.finish_incoming("k")

    results = await asyncio.gather(*(finish() for _ in range(5)), return_exceptions=True)
    assert [type(result) for result in results if result is not None] == [Fenced] * 4
    assert await ledger.claim_incoming() is None
    assert not await ledger.accept(DEEDS["command"])


async def test_a_deed_whose_work_fails_stays(ledger: PostgresLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "CLAIM", timedelta(0))
    await ledger.accept(DEEDS["command"])

    async def finish_and_fail() -> None:
        async with ledger.transaction() as tx:
            await tx.finish_incoming("k")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await finish_and_fail()
    assert await ledger.claim_incoming() is not None


async def test_purging_forgets_only_what_is_done_and_old(ledger: PostgresLedger) -> None:
    for key in ("old", "new", "open"):
        await ledger.accept(Command(origin(key), "status"))
    done = "UPDATE inbox SET done_at = now() - $2::interval WHERE key = $1"
    await ledger.database.execute(done, "old", timedelta(days=30))
    await ledger.database.execute(done, "new", timedelta(hours=24))
    await ledger.purge()
    assert [await ledger.accept(Command(origin(key), "status")) for key in ("old", "new", "open")] == [
        True,
        False,
        False,
    ]
