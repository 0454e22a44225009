"""Favourites are kept per person, in the order in which they were added, once each."""

from bot.store import PostgresLedger


async def test_lines_are_kept_once_in_order_and_for_their_person_alone(ledger: PostgresLedger) -> None:
    assert await ledger.add_favourite("UMAYA", "top nodes")
    assert await ledger.add_favourite("UMAYA", "get pods\0")
    assert not await ledger.add_favourite("UMAYA", "top nodes")
    assert await ledger.favourites("UMAYA") == ["top nodes", "get pods"]
    assert await ledger.favourites("UJON") == []


async def test_a_line_is_forgotten_once(ledger: PostgresLedger) -> None:
    await ledger.add_favourite("UMAYA", "top nodes")
    await ledger.add_favourite("UJON", "top nodes")
    assert await ledger.remove_favourite("UMAYA", "top nodes")
    assert not await ledger.remove_favourite("UMAYA", "top nodes")
    assert await ledger.favourites("UJON") == ["top nodes"]
