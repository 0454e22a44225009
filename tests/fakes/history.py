"""Operations and incidents in lists, and what waits for Slack."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import NotFound
from bot.model.backlog import Backlog
from bot.model.event import Noted
from bot.model.incident import Incident
from bot.model.operation import Operation, State
from bot.model.view import View
from tests.fakes.objects import NOW


@dataclass(frozen=True)
class FakeOperations:
    """As bot.ports.Operations."""

    known: tuple[Operation, ...] = ()
    noted: tuple[Noted, ...] = ()

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

    async def story(self, operation_id: str) -> Sequence[Noted]:
        """The oldest first."""
        return [one for one in self.noted if one.event.operation == operation_id]


@dataclass(frozen=True)
class FakeOutboxReads:
    """As bot.ports_slack.OutboxReads."""

    waits: Backlog = field(default_factory=lambda: Backlog(due=0, oldest_s=0.0))

    async def backlog(self) -> Backlog:
        """The same at each look."""
        return self.waits


@dataclass(frozen=True)
class FakeIncidents:
    """As bot.ports_incidents.IncidentReads."""

    known: tuple[Incident, ...] = ()
    seen: View | None = field(default_factory=lambda: View(NOW))

    async def view(self, cluster: str) -> View | None:
        """The same for every cluster."""
        return self.seen

    async def incident(self, incident_id: str) -> Incident:
        """Raises NotFound."""
        return self._only(one for one in self.known if one.id == incident_id)

    async def numbered_incident(self, number: int) -> Incident:
        """Raises NotFound."""
        return self._only(one for one in self.known if one.number == number)

    async def incidents(self, cluster: str = "", *, ended_since: datetime | None = None) -> Sequence[Incident]:
        """Filter as the ledger does."""
        return [
            one
            for one in self.known
            if cluster in ("", one.cluster)
            and (one.ended_at is None or (ended_since is not None and one.ended_at >= ended_since))
        ]

    @staticmethod
    def _only(found: Iterator[Incident]) -> Incident:
        for one in found:
            return one
        raise NotFound("There is no such incident.")
