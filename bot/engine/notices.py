"""Notices: what people see of an operation. Written in the transaction that moved it, so that no card lies for long."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.model.operation import OPEN, Operation, State
from bot.model.outgoing import Card, Lane, Message
from bot.ports_ledger import Transaction

Draw = Callable[[Operation], Message]

TOLD = frozenset(State) - OPEN | {State.UNKNOWN}
"""States that the requester hears of by direct message: every end, and the one that needs a person."""


@dataclass(frozen=True)
class Notices:
    """One card that is edited in place, its thread, and a message to the requester at the end."""

    card: Draw
    line: Callable[[Operation], Message | None]
    """None where the card says it all."""
    dm: Draw

    async def tell(self, tx: Transaction, operation: Operation) -> None:
        """Show where *operation* stands now, add a line to its story, and tell the requester when it ended."""
        await self.show(tx, operation)
        line = self.line(operation)
        if line is not None and operation.version > 1:  # the first version's line is the card itself
            await tx.put(self._line(operation, line))
        if operation.state in TOLD and operation.channel != operation.requester.person.user_id:
            await tx.put(self._dm(operation))

    async def show(self, tx: Transaction, operation: Operation) -> None:
        """Edit the card only: for progress."""
        lane = Lane.PROGRESS if operation.state is State.APPLIED else Lane.APPROVAL
        await tx.put(Card(key=card_key(operation), channel=operation.channel, message=self.card(operation), lane=lane))

    def _line(self, operation: Operation, line: Message) -> Card:
        return Card(
            key=f"{card_key(operation)}:line:{operation.version}",
            channel=operation.channel,
            message=line,
            parent=card_key(operation),
        )

    def _dm(self, operation: Operation) -> Card:
        user_id = operation.requester.person.user_id
        return Card(key=f"{card_key(operation)}:dm:{user_id}", channel=user_id, message=self.dm(operation))


def card_key(operation: Operation) -> str:
    """Key of the card in the outbox."""
    return f"operation:{operation.id}"
