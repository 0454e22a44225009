"""Operations in a list, the newest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.errors import NotFound
from bot.model.operation import Operation, State


@dataclass(frozen=True)
class FakeOperations:
    """As bot.ports.Operations."""

    known: tuple[Operation, ...] = ()

    async def operations(
        self, *, states: Collection[State] = (), requester: str = "", limit: int = 50
    ) -> Sequence[Operation]:
        """Filter as the ledger does."""
        return [
            one
            for one in self.known
            if (not states or one.state in states) and requester in ("", one.requester.subject.user)
        ][:limit]

    async def numbered(self, number: int) -> Operation:
        """Raises NotFound."""
        for one in self.known:
            if one.number == number:
                return one
        raise NotFound(f"There is no operation {number}.")
