"""A desk: all flows of operations on one ledger and one cluster, as bot/app.py puts them together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from bot.engine.approval import PENDING_AT_MOST, Approvals
from bot.engine.execution import Executor
from bot.engine.following import Follower, Pace
from bot.engine.notices import Notices
from bot.engine.requirements import unmet
from bot.engine.sweeping import Sweeper
from bot.errors import BotError
from bot.model.incoming import Command, Origin
from bot.model.operation import Approvers, Operation, Requirements, State, Verdict
from bot.model.outgoing import Card
from bot.model.plan import Plan
from bot.ports_slack import Delivery, Location
from bot.store import PostgresLedger
from tests.engine import sample
from tests.fakes.clocks import HandClock
from tests.fakes.versioned import VersionedCluster

NOTICES = Notices(card=sample.card, line=sample.line, dm=sample.dm)


@dataclass
class Authority:
    """Counts by the subjects' groups; refuses with `refusal` when that is set."""

    refusal: BotError | None = None
    rechecked: list[str] = field(default_factory=list)

    def missing(self, operation: Operation) -> tuple[Approvers, ...]:
        """As Counting."""
        approving = [frozenset(d.actor.subject.groups) for d in operation.decisions if d.verdict is Verdict.APPROVE]
        return unmet(operation.requirements, approving)

    async def recheck(self, operation: Operation) -> None:
        """As Rechecking."""
        self.rechecked.append(operation.id)
        if self.refusal is not None:
            raise self.refusal


@dataclass
class Desk:
    """The flows, and short words for what tests do with them."""

    ledger: PostgresLedger
    cluster: VersionedCluster = field(default_factory=VersionedCluster)
    authority: Authority = field(default_factory=Authority)
    pending_at_most: int = PENDING_AT_MOST
    keys: "count[int]" = field(default_factory=count)

    @property
    def approvals(self) -> Approvals:
        return Approvals(self.ledger, self.authority, NOTICES, self.pending_at_most)

    @property
    def executor(self) -> Executor:
        backends = {"main": self.cluster.backends}
        return Executor(self.ledger, sample.CHANGES, backends, self.authority, NOTICES)

    @property
    def sweeper(self) -> Sweeper:
        return Sweeper(self.ledger, self.approvals)

    @property
    def follower(self) -> Follower:
        backends = {"main": self.cluster.backends}
        return Follower(self.ledger, sample.CHANGES, backends, NOTICES, HandClock(), pace=Pace(0.0, 0.01))

    def plan(self, *names: str) -> Plan:
        """A plan to scale *names*, which are created where they do not exist."""
        self.cluster.add(*(name for name in names if name not in self.cluster.deployments))
        return sample.plan(self.cluster, *names)

    async def propose(self, plan: Plan, requirements: Requirements = sample.ONE_OF_SRE, *, key: str = "") -> Operation:
        """Maya asks for *plan*."""
        key = key or f"deed-{next(self.keys)}"
        await self.ledger.accept(Command(Origin(key, "T1", "UMAYA", "C1", datetime.now(UTC)), plan.line))
        return await self.approvals.propose(sample.proposal(plan, key=key, requirements=requirements))

    async def approved(self, *names: str) -> Operation:
        """An operation on *names* that Jon has approved."""
        operation = await self.propose(self.plan(*names))
        return await self.approvals.decide(operation.id, sample.JON, Verdict.APPROVE, operation.plan.hash)

    async def executed(self, *names: str) -> Operation:
        """An operation on *names* after one turn of the executor."""
        operation = await self.approved(*names)
        return await self.execute(operation)

    async def execute(self, operation: Operation) -> Operation:
        """One turn of the executor."""
        lease = await self.executor.claim()
        assert lease is not None
        await self.executor.hold(lease)
        return await self.ledger.operation(operation.id)

    async def age(self, operation: Operation, hours: int) -> None:
        """Let *hours* pass for what was approved: past the database's guards, as nobody but a superuser could."""
        async with self.ledger.database.connection() as connection, connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(
                "UPDATE operation SET execute_by = execute_by - make_interval(hours => $2) WHERE id = $1::text::uuid",
                operation.id,
                hours,
            )

    async def state(self, operation: Operation) -> State:
        """Where it stands now."""
        return (await self.ledger.operation(operation.id)).state

    async def shown(self) -> dict[str, str]:
        """Key → text of every card that waits in the outbox."""
        items = [delivery.item for delivery in await self.deliver()]
        return {item.key: item.message.text for item in items if isinstance(item, Card)}

    async def deliver(self) -> Sequence[Delivery]:
        """Send everything that is due, as a sender does."""
        sent: list[Delivery] = []
        while due := await self.ledger.claim(20):
            for delivery in due:
                await self.ledger.sent(delivery, Location("C1", f"1.{delivery.id}"))
            sent += due
        return sent
