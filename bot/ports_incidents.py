"""What watching needs of the database: incidents, and a term that fences who no longer leads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model.incident import Incident
from bot.model.view import View


class IncidentWrites(Protocol):
    """The part of a transaction that speaks of incidents."""

    async def lead(self, cluster: str, epoch: int) -> None:
        """Hold the term *epoch* until the transaction ends. Raises Fenced when a later one has begun."""

    async def insert_incident(self, incident: Incident) -> Incident | None:
        """Store a new one; None when one stands for its key already."""

    async def lock_incident(self, incident_id: str) -> Incident:
        """Read it and keep everybody else from changing it until the transaction ends. Raises NotFound."""

    async def save_incident(self, incident: Incident) -> Incident:
        """Store what changed, as the next version. Raises Conflict when it is not based on the latest."""


class ViewWrites(Protocol):
    """What whoever watches says of how he sees."""

    async def note_view(self, cluster: str, epoch: int, view: View) -> None:
        """Say how *cluster* is seen; the database's clock says when. Raises Fenced when a later term has begun."""


class IncidentReads(Protocol):
    """What is asked of incidents outside of a transaction."""

    async def view(self, cluster: str) -> View | None:
        """What whoever watches *cluster* said last of how he sees it; None: nobody has watched it yet."""

    async def incident(self, incident_id: str) -> Incident:
        """Raises NotFound."""

    async def numbered_incident(self, number: int) -> Incident:
        """The one that people call by *number*. Raises NotFound."""

    async def incidents(self, cluster: str = "", *, ended_since: datetime | None = None) -> Sequence[Incident]:
        """Those that stand, and those that ended after *ended_since*; *cluster* empty: of all clusters."""
