"""Operations: rows to values, and what moves them, within a transaction."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from bot.errors import BadArguments, Conflict, Held, NotFound
from bot.model.actor import Actor
from bot.model.operation import Decision, Operation, Requirements, State, Verdict
from bot.model.plan import Plan, Progress
from bot.model.refs import ObjectRef
from bot.ports_ledger import Proposal
from bot.store.database import Connection, Row
from bot.store.repository import Repository, storable, uuid
from bot.store.statements import statements
from bot.store.wakeups import Topic

SQL = statements("operations")


def operation(row: Row) -> Operation:
    """Read one row of the view `operation_whole`."""
    return Operation(
        id=str(row["id"]),
        number=row["number"],
        plan=msgspec.json.decode(row["plan"], type=Plan),
        requester=msgspec.json.decode(row["requester_actor"], type=Actor),
        reason=row["reason"],
        channel=row["channel"],
        requirements=msgspec.json.decode(row["requirements"], type=Requirements),
        state=State(row["state"]),
        decisions=msgspec.json.decode(row["decisions"], type=tuple[Decision, ...]),
        progress=msgspec.json.decode(row["progress"], type=tuple[Progress | None, ...]),
        outcome=row["outcome"],
        created_at=row["created_at"],
        approve_by=row["approve_by"],
        execute_by=row["execute_by"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        version=row["version"],
    )


def found(row: Row | None) -> Operation:
    """Read a row that should be there (raises NotFound)."""
    if row is None:
        raise NotFound("There is no such operation.")
    return operation(row)


class PostgresOperations(Repository):
    """What is asked of operations outside of a transaction."""

    async def operation(self, operation_id: str) -> Operation:
        """One operation (raises NotFound)."""
        return found(await self.database.row(SQL["by_id"], uuid(operation_id)))

    async def numbered(self, number: int) -> Operation:
        """The operation that people call by *number* (raises NotFound)."""
        return found(await self.database.row(SQL["by_number"], number))

    async def operations(
        self, *, states: Collection[State] = (), requester: str = "", limit: int = 50
    ) -> Sequence[Operation]:
        """The newest first; *states* empty: in any state; *requester*: a subject's user."""
        names = [state.value for state in states]
        return [operation(row) for row in await self.database.rows(SQL["newest"], names, requester, limit)]

    async def holder(self, plan: Plan) -> Held | None:
        """What keeps *plan* from being proposed now; None while all of its targets are free."""
        for key, target in targets_of(plan):
            if row := await self.database.row(SQL["holder"], *key):
                return held(target, operation(row))
        return None

    async def overdue(self) -> Sequence[str]:
        """Ids of pending and approved operations whose time has passed."""
        return [str(row["id"]) for row in await self.database.rows(SQL["overdue"])]

    async def wait_operation(self, timeout_s: float) -> None:
        """Return when an operation may have moved, at the latest after *timeout_s*."""
        await self.wakeups.wait(Topic.OPERATION, within_s=timeout_s)


async def insert(connection: Connection, proposal: Proposal) -> tuple[Operation, bool]:
    """Store a pending operation; say whether it is new (raises Conflict when an open one holds a target)."""
    plan, requirements = proposal.plan, proposal.requirements
    new_id: UUID | None = await connection.fetchval(
        SQL["insert"],
        proposal.key,
        msgspec.json.encode(plan, order="sorted").decode(),
        plan.hash,
        proposal.requester.subject.user,
        msgspec.json.encode(proposal.requester).decode(),
        storable(proposal.reason),
        proposal.channel,
        msgspec.json.encode(requirements).decode(),
        sum(approvers.count for approvers in requirements.approvals),
        timedelta(seconds=requirements.approve_within_s),
        timedelta(seconds=requirements.execute_within_s),
    )
    if new_id is None:
        return found(await connection.fetchrow(SQL["by_key"], proposal.key)), False
    await hold_targets(connection, new_id, plan)
    await connection.execute(SQL["insert_steps"], new_id, len(plan.steps))
    await connection.execute(SQL["insert_lease"], new_id)
    await connection.execute(SQL["notify"], Topic.OPERATION)
    return found(await connection.fetchrow(SQL["by_id"], new_id)), True


UNDER_WAY = ("is under way", "Wait until it has ended.")
HOLDING = {
    State.PENDING: ("waits for approval", "Wait until it has ended; whoever asked for it can cancel it."),
    State.UNKNOWN: ("has no known outcome", "Somebody who may approve it settles it first."),
}
"""How what holds a target stands, and what to do about it."""


def held(target: ObjectRef, other: Operation) -> Held:
    """Say who does what to *target* at present."""
    how, then = HOLDING.get(other.state, UNDER_WAY)
    what = f"Operation {other.number} ({other.plan.title}, asked for by {other.requester.called})"
    return Held(
        f"{what} {how} and holds {target}. Nothing was changed.",
        hint=then,
        suggestions=(f"operation show {other.number}",),
        channel=other.channel,
    )


def targets_of(plan: Plan) -> list[tuple[tuple[str, str, str, str], ObjectRef]]:
    """Every target under what tells it apart, always in the same order."""
    targets = {(t.cluster, t.namespace, t.kind, t.name): t for t in (step.target for step in plan.steps)}
    return sorted(targets.items(), key=lambda item: item[0])


async def hold_targets(connection: Connection, operation_id: UUID, plan: Plan) -> None:
    """Take every target, in one order for all, so that two proposals cannot wait for each other."""
    if writes_twice(plan):
        raise BadArguments("A plan may write each object once only. Nothing was changed.")
    for key, target in targets_of(plan):
        if await connection.fetchval(SQL["insert_target"], operation_id, *key):
            continue
        holder = await connection.fetchrow(SQL["holder"], *key)
        if holder is None:
            raise Conflict(f"{target} was taken and let go just now. Nothing was changed.", hint="Ask again.")
        raise held(target, operation(holder))


def writes_twice(plan: Plan) -> bool:
    """Whether an object is written again by a step that does not wait: one's mark would pass for the other's."""
    earlier = [{other.target for other in plan.steps[:place]} for place in range(len(plan.steps))]
    return any(step.target in before and not step.waits for step, before in zip(plan.steps, earlier, strict=True))


async def locked(connection: Connection, operation_id: str) -> Operation:
    """Read it and keep everybody else from moving it (raises NotFound). Two statements: the second sees what is new."""
    key = uuid(operation_id)
    await connection.execute(SQL["lock"], key)
    return found(await connection.fetchrow(SQL["by_id"], key))


async def decide(
    connection: Connection, operation: Operation, actor: Actor, verdict: Verdict, plan_hash: str, reason: str
) -> Operation:
    """Add a verdict (raises Conflict on one that the rules forbid)."""
    key, encoded = uuid(operation.id), msgspec.json.encode(actor).decode()
    added = await connection.fetchval(
        SQL["decide"], key, actor.subject.user, verdict.value, encoded, plan_hash, storable(reason)
    )
    if not added:
        raise Conflict("This verdict was counted already. Nothing was changed.")
    await stepped(connection, operation, SQL["count_decision"])
    return found(await connection.fetchrow(SQL["by_id"], key))


async def move(connection: Connection, operation: Operation, to: State, outcome: str) -> Operation:
    """Make a transition (raises Conflict on an illegal edge or a version that moved)."""
    await stepped(connection, operation, SQL["move"], to.value, storable(outcome))
    await connection.execute(SQL["notify"], Topic.OPERATION)
    return found(await connection.fetchrow(SQL["by_id"], uuid(operation.id)))


async def stepped(connection: Connection, operation: Operation, statement: str, *arguments: str) -> None:
    """Run an update that holds for this version only (raises Conflict)."""
    if not await connection.fetchval(statement, uuid(operation.id), operation.version, *arguments):
        raise Conflict(f"Operation {operation.number} moved on meanwhile. Nothing was changed.", hint="Look again.")
