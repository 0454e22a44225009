"""Incidents: rows to values, and what changes them, within a transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from bot.errors import Conflict, Fenced, NotFound
from bot.model.incident import Incident, IncidentState, Member
from bot.model.view import Stream, View
from bot.store.database import Connection, Row
from bot.store.repository import Repository, storable, uuid
from bot.store.statements import statements

SQL = statements("incidents")

NEVER = datetime.max.replace(tzinfo=UTC)
NONE = "There is no such incident."
SUPERSEDED = "Another process watches the cluster now."


def incident(row: Row) -> Incident:
    """Read one row of the view `incident_whole`: what has a column of its own is taken from there."""
    body = msgspec.json.decode(row["body"], type=Incident)
    return msgspec.structs.replace(
        body,
        number=row["number"],
        state=IncidentState(row["state"]),
        members=msgspec.json.decode(row["members"], type=tuple[Member, ...]),
        version=row["version"],
    )


def found(row: Row | None) -> Incident:
    """Read a row that should be there (raises NotFound)."""
    if row is None:
        raise NotFound(NONE)
    return incident(row)


class PostgresIncidents(Repository):
    """What is asked of incidents outside of a transaction."""

    async def incident(self, incident_id: str) -> Incident:
        """One incident (raises NotFound)."""
        return found(await self.database.row(SQL["by_id"], uuid(incident_id)))

    async def numbered_incident(self, number: int) -> Incident:
        """The one that people call by *number* (raises NotFound)."""
        return found(await self.database.row(SQL["by_number"], number))

    async def incidents(self, cluster: str = "", *, ended_since: datetime | None = None) -> Sequence[Incident]:
        """Those that stand, and those that ended after *ended_since*."""
        return [incident(row) for row in await self.database.rows(SQL["standing"], cluster, ended_since or NEVER)]

    async def note_view(self, cluster: str, epoch: int, view: View) -> None:
        """Say how *cluster* is seen; the database's clock says when (raises Fenced)."""
        complaints = [storable(one) for one in view.complaints]
        streams = storable(msgspec.json.encode(view.streams).decode())
        if not await self.database.value(SQL["note_view"], cluster, epoch, complaints, streams):
            raise Fenced(SUPERSEDED)

    async def view(self, cluster: str) -> View | None:
        """What whoever watches *cluster* said last; None: nobody has watched it yet."""
        row = await self.database.row(SQL["view"], cluster)
        if row is None:
            return None
        streams = msgspec.json.decode(row["streams"], type=tuple[Stream, ...])
        return View(row["seen_at"], tuple(row["complaints"]), streams)


async def lead(connection: Connection, cluster: str, epoch: int) -> None:
    """Hold a term (raises Fenced)."""
    if not await connection.fetchval(SQL["lead"], cluster, epoch):
        raise Fenced(SUPERSEDED)


async def insert(connection: Connection, new: Incident) -> Incident | None:
    """Store a new one; None when one stands for its key already."""
    owner = new.owner
    place = (new.cluster, new.fault.value, owner.kind, owner.namespace, owner.name)
    key = uuid(new.id)
    if not await connection.fetchval(SQL["insert"], key, *place, new.state.value, _body(new), new.opened_at):
        return None
    await _put_members(connection, new)
    await connection.execute(SQL["notify"])
    return found(await connection.fetchrow(SQL["by_id"], key))


async def locked(connection: Connection, incident_id: str) -> Incident:
    """Read it and keep everybody else from changing it (raises NotFound)."""
    key = uuid(incident_id)
    await connection.execute(SQL["lock"], key)
    return found(await connection.fetchrow(SQL["by_id"], key))


async def save(connection: Connection, changed: Incident) -> Incident:
    """Store the next version (raises Conflict)."""
    key = uuid(changed.id)
    stored = (changed.state.value, _body(changed), changed.ended_at)
    if not await connection.fetchval(SQL["save"], key, changed.version, *stored):
        raise Conflict(f"Incident {changed.number} moved on meanwhile. Nothing was changed.", hint="Look again.")
    await _put_members(connection, changed)
    await connection.execute(SQL["notify"])
    return found(await connection.fetchrow(SQL["by_id"], key))


async def _put_members(connection: Connection, of: Incident) -> None:
    key = uuid(of.id)
    kept = [member.uid for member in of.members], [member.container for member in of.members]
    await connection.execute(SQL["drop_members"], key, *kept)
    rows = [(key, one.uid, one.container, one.name, one.restarts) for one in of.members]
    await connection.executemany(SQL["put_member"], rows)


def _body(of: Incident) -> str:
    """Everything that has no column or table of its own."""
    return storable(msgspec.json.encode(msgspec.structs.replace(of, members=())).decode())
