"""Notices: which cards an operation has, where, and how soon they go."""

from datetime import UTC, datetime

import pytest

from bot.engine.notices import Notices
from bot.model.operation import OPEN, Operation, State
from bot.model.outgoing import Card, Lane, Outgoing
from tests.engine import sample
from tests.fakes.versioned import VersionedCluster

NOTICES = Notices(card=sample.card, line=sample.line, dm=sample.dm)


class Collecting:
    """The one method of a transaction that notices use."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.cards: dict[str, Card] = {}

    async def put(self, *items: Outgoing) -> None:
        """As Transaction.put."""
        self.cards |= {item.key: item for item in items if isinstance(item, Card)}


def operation(state: State, *, version: int = 3, channel: str = "C1") -> Operation:
    """Maya's operation."""
    now = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)
    cluster = VersionedCluster()
    cluster.add("web")
    return Operation(
        id="7",
        number=7,
        plan=sample.plan(cluster, "web"),
        requester=sample.MAYA,
        reason="",
        channel=channel,
        requirements=sample.NOBODY,
        state=state,
        created_at=now,
        approve_by=now,
        version=version,
    )


async def told(operation: Operation) -> dict[str, Card]:
    """What is put for it."""
    tx = Collecting()
    await NOTICES.tell(tx, operation)  # type: ignore[arg-type]  # it uses nothing else of a transaction
    return tx.cards


async def test_a_new_operation_is_one_card() -> None:
    assert list(await told(operation(State.PENDING, version=1))) == ["operation:7"]


@pytest.mark.parametrize("state", list(State), ids=str)
async def test_every_end_is_told_to_the_requester(state: State) -> None:
    cards = await told(operation(state))
    ends = state not in OPEN or state is State.UNKNOWN
    assert ("operation:7:dm:UMAYA" in cards) is ends
    assert cards["operation:7:line:3"].parent == "operation:7"


async def test_what_was_asked_in_a_direct_message_ends_there() -> None:
    cards = await told(operation(State.SUCCEEDED, channel="UMAYA"))
    assert list(cards) == ["operation:7", "operation:7:line:3"]


async def test_progress_leaves_the_way_to_approvals() -> None:
    lanes = {state: (await told(operation(state)))["operation:7"].lane for state in (State.PENDING, State.APPLIED)}
    assert lanes == {State.PENDING: Lane.APPROVAL, State.APPLIED: Lane.PROGRESS}
