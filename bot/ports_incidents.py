"""What watching needs of the database: incidents, and a term that fences who no longer leads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model.incident import Incident


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


class IncidentReads(Protocol):
    """What is asked of incidents outside of a transaction."""

    async def incident(self, incident_id: str) -> Incident:
        """Raises NotFound."""

    async def numbered_incident(self, number: int) -> Incident:
        """The one that people call by *number*. Raises NotFound."""

    async def incidents(self, cluster: str = "", *, ended_since: datetime | None = None) -> Sequence[Incident]:
        """Those that stand, and those that ended after *ended_since*; *cluster* empty: of all clusters."""
