"""A message that is pressed before we have noted where it stands is found, whatever is asked about it."""

from collections.abc import Awaitable, Callable

import pytest

from bot.engine.noted import once_noted
from bot.model.outgoing import Card, Message
from bot.ports_slack import Location
from bot.store import PostgresLedger

Look = Callable[[PostgresLedger], Awaitable[object]]
LOOKS: dict[str, Look] = {
    "its key": lambda ledger: ledger.card_at("C1", "7.0"),
    "what it shows": lambda ledger: ledger.message_at("C1", "7.0"),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_what_slack_shows_already_is_found_once_it_is_noted(ledger: PostgresLedger, look: Look) -> None:
    async with ledger.transaction() as tx:
        await tx.put(Card("reply:1", "C1", Message("page 1")))
    [delivery] = await ledger.claim(1)
    looks: list[object] = []

    async def late() -> object:
        looks.append(await look(ledger))
        if looks == [None]:
            await ledger.sent(delivery, Location("C1", "7.0"))
        return looks[-1]

    assert await once_noted(ledger, "C1", late)
    assert len(looks) == 2


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_what_is_not_ours_is_looked_for_once_while_nothing_is_on_its_way(
    ledger: PostgresLedger, look: Look
) -> None:
    looks: list[object] = []

    async def counted() -> object:
        looks.append(await look(ledger))
        return looks[-1]

    assert await once_noted(ledger, "C1", counted) is None
    assert len(looks) == 1
