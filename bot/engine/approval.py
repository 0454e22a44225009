"""Approval: from a proposal to a decision. Each verdict is one transaction with its audit row and its cards."""

from dataclasses import dataclass
from typing import Protocol, assert_never

from bot.engine import attending
from bot.engine.notices import Notices
from bot.errors import Conflict, Denied
from bot.model.actor import Actor
from bot.model.operation import Approvers, Operation, State, Verdict
from bot.ports_ledger import Ledger, Proposal, Transaction

PENDING_AT_MOST = 20
"""Requests of one person that may wait at once: approvers who face more of them approve by reflex."""


class Counting(Protocol):
    """Says whose approvals are still missing."""

    def missing(self, operation: Operation) -> tuple[Approvers, ...]:
        """By the stricter of the stored requirements and today's policy. Raises Denied where policy now forbids it."""


@dataclass(frozen=True)
class Approvals:
    """Whoever calls has established who the actor is and that he may; what the rules of an operation say is ours.

    *deed* is the inbox key of what asked for it, finished in the same transaction: a crash neither swallows nor
    repeats it (raises Fenced when it was done already).
    """

    ledger: Ledger
    counting: Counting
    notices: Notices
    pending_at_most: int = PENDING_AT_MOST

    async def propose(self, proposal: Proposal) -> Operation:
        """Store a proposal, finish the deed that asked; without required approvals it is approved at once.

        Raises Conflict when an open operation holds a target, or too many of the requester's wait already.
        """
        if proposal.requirements.approvals:
            await self._refuse_too_many(proposal.requester)
        async with self.ledger.transaction() as tx:
            operation = await tx.insert_operation(proposal)
            if operation.state is State.PENDING:
                operation = await self._approve_when_complete(tx, operation)
                await self.notices.tell(tx, operation)
            await attending.finish(tx, proposal.key)
        return operation

    async def decide(
        self, operation_id: str, actor: Actor, verdict: Verdict, plan_hash: str, reason: str = "", *, deed: str = ""
    ) -> Operation:
        """Count a verdict on the plan with that hash. Raises Denied on one's own operation, Conflict when too late."""
        async with self.ledger.transaction() as tx:
            operation = await tx.lock_operation(operation_id)
            require_undecided(operation, actor, verdict)
            operation = await tx.record_decision(operation, actor, verdict, plan_hash, reason)
            match verdict:
                case Verdict.APPROVE:
                    operation = await self._approve_when_complete(tx, operation)
                case Verdict.DENY:
                    outcome = f"{actor.called} denied it."
                    operation = await tx.move(operation, State.DENIED, actor=actor, outcome=outcome)
                case _:
                    assert_never(verdict)
            await self.notices.tell(tx, operation)
            await finish(tx, deed)
        return operation

    async def cancel(self, operation_id: str, actor: Actor, *, deed: str = "") -> Operation:
        """Take one's own request back. Raises Denied for anybody else, Conflict when it has started or ended."""
        async with self.ledger.transaction() as tx:
            operation = await tx.lock_operation(operation_id)
            if actor.subject.user != operation.requester.subject.user:
                raise Denied("Only who asked for it can cancel it. Nothing was changed.", hint="You can deny it.")
            if operation.state not in {State.PENDING, State.APPROVED}:
                raise too_late(operation)
            outcome = f"{actor.called} cancelled it. Nothing was changed."
            operation = await tx.move(operation, State.CANCELLED, actor=actor, outcome=outcome)
            await self.notices.tell(tx, operation)
            await finish(tx, deed)
        return operation

    async def settle(self, operation_id: str, actor: Actor, to: State, reason: str, *, deed: str = "") -> Operation:
        """After a look at the target, say whether an unknown write took effect: APPLIED or FAILED (raises Conflict)."""
        async with self.ledger.transaction() as tx:
            operation = await tx.lock_operation(operation_id)
            if operation.state is not State.UNKNOWN:
                raise too_late(operation)
            operation = await tx.move(operation, to, actor=actor, outcome=reason)
            await self.notices.tell(tx, operation)
            await finish(tx, deed)
        return operation

    async def expire(self, operation_id: str) -> Operation:
        """End an operation whose time has passed (raises Conflict when it still has time)."""
        async with self.ledger.transaction() as tx:
            operation = await tx.lock_operation(operation_id)
            operation = await tx.move(operation, State.EXPIRED, outcome=expired(operation))
            await self.notices.tell(tx, operation)
        return operation

    async def _refuse_too_many(self, requester: Actor) -> None:
        """Raise Conflict at the limit; requests made at the very same moment may pass it by a few."""
        waiting = await self.ledger.operations(
            states={State.PENDING}, requester=requester.subject.user, limit=self.pending_at_most
        )
        if len(waiting) == self.pending_at_most:
            raise Conflict(
                f"{self.pending_at_most} of your requests wait for approval already. Nothing was changed.",
                hint="Cancel some of them, or wait until they are decided.",
                suggestions=("operations --waiting --mine",),
            )

    async def _approve_when_complete(self, tx: Transaction, operation: Operation) -> Operation:
        """Move on once nobody's approval is missing."""
        if self.counting.missing(operation):
            return operation
        return await tx.move(operation, State.APPROVED)


async def finish(tx: Transaction, deed: str) -> None:
    """Finish the deed that asked, where there is one."""
    if deed:
        await attending.finish(tx, deed)


def require_undecided(operation: Operation, actor: Actor, verdict: Verdict) -> None:
    """Raise Denied or Conflict, in words for the one who clicked, where the database would refuse the verdict."""
    if actor.subject.user == operation.requester.subject.user:
        raise Denied("You asked for this, so somebody else decides it. Nothing was changed.", hint="You can cancel it.")
    if any(d.verdict is verdict and d.actor.subject.user == actor.subject.user for d in operation.decisions):
        raise Conflict("Your verdict was counted already. Nothing more was changed.")
    decidable = {State.PENDING, State.APPROVED} if verdict is Verdict.DENY else {State.PENDING}
    if operation.state not in decidable:
        raise too_late(operation)


def too_late(operation: Operation) -> Conflict:
    """What to answer to a verdict on an operation that has moved on."""
    if ran := _RAN.get(operation.state):
        return Conflict(f"This was decided already: {ran}. Your click changed nothing.", hint="Its card says more.")
    why = operation.outcome.removesuffix(".") or f"it is {operation.state.value}"
    return Conflict(f"This was decided already: {why}. Your click changed nothing.", suggestions=(operation.plan.line,))


_RAN = {
    State.APPROVED: "it was approved and is about to start",
    State.EXECUTING: "it was approved and is running",
    State.APPLIED: "it was approved and is running",
    State.SUCCEEDED: "it was approved and is done",
    State.DEGRADED: "it was approved and ran, but has not become healthy",
}
"""What to say of what must not be offered again."""


def expired(operation: Operation) -> str:
    """Say what did not come in time."""
    if operation.state is State.APPROVED:
        return "It was approved, but did not start in time. Nothing was changed."
    return "Nobody decided in time. Nothing was changed."
