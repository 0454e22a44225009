"""Any order of deeds: the database always agrees with a model of the rules that fits on a page."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from bot.errors import Conflict, Denied
from bot.model.actor import Actor
from bot.model.operation import OPEN, Approvers, Requirements, State, Verdict
from bot.ports_ledger import Work
from bot.store import opened_ledger
from tests.engine.desk import Desk
from tests.engine.sample import JON, LENA, MAYA, NILS

TARGETS = ("web", "api", "worker")
REQUIREMENTS = (
    Requirements(),
    Requirements(approvals=(Approvers("sre"),)),
    Requirements(approvals=(Approvers("sre"), Approvers("leads"))),
)
APPROVABLE, DENIABLE = {State.PENDING}, {State.PENDING, State.APPROVED}

T = TypeVar("T")


@dataclass
class Expected:
    """What the model knows of one operation."""

    id: str
    hash: str
    targets: tuple[str, ...]
    requirements: Requirements
    state: State
    verdicts: set[tuple[str, Verdict]] = field(default_factory=set)
    approving: set[str] = field(default_factory=set)

    def is_complete(self) -> bool:
        """Whether each group has somebody; nobody here is in two."""
        return {wanted.group for wanted in self.requirements.approvals} <= self.approving


class Deeds(RuleBasedStateMachine):
    """People, executor and follower, in any order."""

    dsn = ""
    serial = count()
    operations = Bundle("operations")

    def __init__(self) -> None:
        """Open a ledger, and make targets that no other run uses."""
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.desk = Desk(self.run(self.stack.enter_async_context(opened_ledger(self.dsn))))
        self.prefix = f"{next(self.serial)}"
        self.known: list[Expected] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run *work* to its end."""
        return self.runner.run(work)

    def teardown(self) -> None:
        """Leave nothing to do for the next run, and let go of the database."""
        for known in self.known:
            if known.state in DENIABLE:
                self.run(self.desk.approvals.cancel(known.id, MAYA))
        while self.run(self.claim_applied()):
            pass
        self.run(self.stack.aclose())
        self.runner.close()

    @rule(
        target=operations,
        names=st.lists(st.sampled_from(TARGETS), min_size=1, max_size=3, unique=True),
        requirements=st.sampled_from(REQUIREMENTS),
    )
    def propose(self, names: list[str], requirements: Requirements) -> Expected | None:
        """Maya asks; a target that an open operation holds is refused."""
        targets = tuple(f"{name}-{self.prefix}" for name in names)
        plan = self.desk.plan(*targets)
        is_taken = any(known.state in OPEN and set(known.targets) & set(targets) for known in self.known)
        try:
            operation = self.run(self.desk.propose(plan, requirements, key=f"{self.prefix}-{next(self.serial)}"))
        except Conflict:
            assert is_taken
            return None
        assert not is_taken
        state = State.PENDING if requirements.approvals else State.APPROVED
        self.known.append(Expected(operation.id, plan.hash, targets, requirements, state))
        return self.known[-1]

    @rule(known=operations, actor=st.sampled_from((MAYA, JON, LENA, NILS)), verdict=st.sampled_from(Verdict))
    def decide(self, known: Expected | None, actor: Actor, verdict: Verdict) -> None:
        """Somebody clicks; oneself, a second time and too late are refused."""
        if known is None:
            return
        seat = (actor.subject.user, verdict)
        allowed = APPROVABLE if verdict is Verdict.APPROVE else DENIABLE
        may = actor is not MAYA and seat not in known.verdicts and known.state in allowed
        try:
            self.run(self.desk.approvals.decide(known.id, actor, verdict, known.hash))
        except (Conflict, Denied):
            assert not may
            return
        assert may
        known.verdicts.add(seat)
        if verdict is Verdict.DENY:
            known.state = State.DENIED
        else:
            known.approving |= set(actor.subject.groups)
            known.state = State.APPROVED if known.is_complete() else State.PENDING

    @rule(known=operations, actor=st.sampled_from((MAYA, JON)))
    def cancel(self, known: Expected | None, actor: Actor) -> None:
        """Only the requester, and only before it starts."""
        if known is None:
            return
        try:
            self.run(self.desk.approvals.cancel(known.id, actor))
        except (Conflict, Denied):
            assert actor is not MAYA or known.state not in DENIABLE
            return
        assert actor is MAYA
        assert known.state in DENIABLE
        known.state = State.CANCELLED

    @rule(name=st.sampled_from(TARGETS))
    def edit(self, name: str) -> None:
        """Somebody else changes a target."""
        if (full := f"{name}-{self.prefix}") in self.desk.cluster.deployments:
            self.desk.cluster.edit(full, image=f"1.9.{next(self.serial)}")

    @rule()
    def execute(self) -> None:
        """The oldest approved operation runs: written when nothing has changed, else stale."""
        due = [known for known in self.known if known.state is State.APPROVED]
        lease = self.run(self.desk.executor.claim())
        assert (lease and lease.operation.id) == (due[0].id if due else None)
        if lease is None:
            return
        planned = [step.observed["generation"] for step in lease.operation.plan.steps]
        is_same = planned == [self.desk.cluster.deployments[name].generation for name in due[0].targets]
        self.run(self.desk.executor.hold(lease))
        due[0].state = State.APPLIED if is_same else State.STALE

    @rule()
    def follow(self) -> None:
        """The oldest applied operation becomes ready."""
        lease = self.run(self.claim_applied())
        if lease is None:
            return
        (known,) = (known for known in self.known if known.id == lease)
        assert known.state is State.APPLIED
        known.state = State.SUCCEEDED

    async def claim_applied(self) -> str | None:
        """Follow one operation to its end; give its id."""
        async with self.desk.ledger.transaction() as tx:
            lease = await tx.claim_operation(Work.FOLLOWING)
        if lease is None:
            return None
        for step in lease.operation.plan.steps:
            self.desk.cluster.churn(step.target.name, ready=3)
        await self.desk.follower.hold(lease)
        return lease.operation.id

    @rule(known=consumes(operations))
    def forget(self, known: Expected | None) -> None:
        """Nobody touches it any more; the model still watches it."""

    @invariant()
    def the_database_agrees(self) -> None:
        """The same states; no effect that was not approved, none twice."""
        for known in self.known:
            operation = self.run(self.desk.ledger.operation(known.id))
            assert operation.state is known.state
            effects = [self.desk.cluster.effects[known.id, name] for name in known.targets]
            assert max(effects) <= 1
            if known.state in {State.APPLIED, State.SUCCEEDED}:
                assert effects == [1] * len(known.targets)
            elif known.state is not State.STALE:
                assert not any(effects)

    @invariant()
    def the_audit_is_whole(self) -> None:
        """Every row follows the one before it."""
        assert not self.run(self.desk.ledger.verify_audit()).faults


def test_the_database_agrees_with_the_model_in_any_order(ledger_dsn: str) -> None:
    Deeds.dsn = ledger_dsn
    profile = settings(
        max_examples=40,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Deeds, settings=profile)
