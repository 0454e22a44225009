"""Incidents in the database: one that stands per key, one version at a time, only for who leads, never deleted."""

import asyncpg
import msgspec
import pytest

from bot.errors import Conflict, Fenced, NotFound
from bot.model.incident import Incident, IncidentState, Member
from bot.model.view import Stream, View
from bot.store import PostgresLedger
from tests.engine.ailing import NOW, incident, sick

FIRST, SECOND = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"


def new(id: str = FIRST, *, cluster: str = "main") -> Incident:
    """One that was not stored yet."""
    return msgspec.structs.replace(incident(sick(), id=id), number=0, version=0, cluster=cluster)


async def insert(ledger: PostgresLedger, one: Incident) -> Incident | None:
    async with ledger.transaction() as tx:
        return await tx.insert_incident(one)


async def save(ledger: PostgresLedger, one: Incident) -> Incident:
    async with ledger.transaction() as tx:
        return await tx.save_incident(one)


async def test_what_is_stored_comes_back_whole(ledger: PostgresLedger) -> None:
    stored = await insert(ledger, new())
    assert stored is not None
    assert stored == msgspec.structs.replace(new(), number=stored.number, version=1)
    assert await ledger.incident(FIRST) == stored


async def test_a_second_one_of_the_same_key_is_not_stored_until_the_first_is_over(ledger: PostgresLedger) -> None:
    first = await insert(ledger, new())
    assert first is not None
    assert await insert(ledger, new(SECOND)) is None
    assert await insert(ledger, new(SECOND, cluster="other")) is not None
    await save(ledger, msgspec.structs.replace(first, state=IncidentState.HEALED, ended_at=NOW))
    assert await insert(ledger, new("00000000-0000-0000-0000-000000000003")) is not None


async def test_what_is_not_based_on_the_latest_version_is_refused(ledger: PostgresLedger) -> None:
    first = await insert(ledger, new())
    assert first is not None
    await save(ledger, first)
    with pytest.raises(Conflict, match="moved on"):
        await save(ledger, first)


async def test_members_come_and_go(ledger: PostgresLedger) -> None:
    first = await insert(ledger, new())
    assert first is not None
    members = (Member("u2", "b", "app", 3), Member("u2", "b", "sidecar", 1), Member("u3", "c"))
    grown = await save(ledger, msgspec.structs.replace(first, members=members))
    assert grown.members == members
    assert (await save(ledger, msgspec.structs.replace(grown, members=members[2:]))).members == members[2:]


async def test_only_the_latest_term_may_write(ledger: PostgresLedger) -> None:
    for epoch in (1, 1, 3):
        async with ledger.transaction() as tx:
            await tx.lead("main", epoch)
    with pytest.raises(Fenced):
        async with ledger.transaction() as tx:
            await tx.lead("main", 2)
    async with ledger.transaction() as tx:
        await tx.lead("other", 1)


async def test_those_that_stand_are_listed_and_those_that_ended_lately_on_demand(ledger: PostgresLedger) -> None:
    first = await insert(ledger, new())
    assert first is not None
    await save(ledger, msgspec.structs.replace(first, state=IncidentState.GONE, ended_at=NOW))
    assert await ledger.incidents("main") == []
    assert [one.id for one in await ledger.incidents("main", ended_since=NOW)] == [FIRST]
    await insert(ledger, new(SECOND, cluster="other"))
    assert [one.id for one in await ledger.incidents()] == [SECOND]


@pytest.mark.parametrize("statement", ["DELETE FROM incident", "TRUNCATE incident CASCADE"])
async def test_nobody_deletes_an_incident(ledger: PostgresLedger, statement: str) -> None:
    await insert(ledger, new())
    async with ledger.database.pool.acquire() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


@pytest.mark.parametrize(
    "change",
    ["name = 'other'", "opened_at = now()", "version = version + 2", "state = 'healed'", "ended_at = now()"],
)
async def test_the_database_refuses_what_makes_no_sense(ledger: PostgresLedger, change: str) -> None:
    await insert(ledger, new())
    bump = "" if "version" in change else ", version = version + 1"
    async with ledger.database.pool.acquire() as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(f"UPDATE incident SET {change}{bump}")


async def test_text_that_postgres_cannot_keep_fails_nobody(ledger: PostgresLedger) -> None:
    nasty = msgspec.structs.replace(new(), worst=msgspec.structs.replace(sick(), message="a\0b"))
    assert await insert(ledger, nasty) is not None
    assert (await ledger.incident(FIRST)).worst.message


async def test_an_unknown_id_is_not_found(ledger: PostgresLedger) -> None:
    for id in ("x", SECOND):
        with pytest.raises(NotFound):
            await ledger.incident(id)


async def test_it_is_found_by_the_number_that_people_call_it_by(ledger: PostgresLedger) -> None:
    stored = await insert(ledger, new())
    assert stored is not None
    assert await ledger.numbered_incident(stored.number) == stored
    with pytest.raises(NotFound):
        await ledger.numbered_incident(stored.number + 1)


async def test_who_watches_says_how_he_sees_and_who_does_no_longer_is_not_heard(ledger: PostgresLedger) -> None:
    assert await ledger.view("main") is None
    stream = Stream("pods", since=NOW, heard_at=NOW, event_at=NOW, reconnects={"silent": 2}, trouble="\0silent")
    await ledger.note_view("main", 2, View(NOW, ("jobs are not watched.",), (stream,)))
    with pytest.raises(Fenced):
        await ledger.note_view("main", 1, View(NOW))
    seen = await ledger.view("main")
    assert seen is not None
    assert seen.complaints == ("jobs are not watched.",)
    assert seen.streams == (stream,)
    assert await ledger.view("other") is None
