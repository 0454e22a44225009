"""Operation: a plan on its way from asking to done."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bot.model.actor import Actor
from bot.model.plan import Plan, Progress


class State(StrEnum):
    """Where an operation stands. The legal edges are in `EDGES` and in the database."""

    PENDING = "pending"
    """Waits for approval."""
    APPROVED = "approved"
    """May start, nobody has claimed it."""
    EXECUTING = "executing"
    """Claimed: a write may be under way."""
    APPLIED = "applied"
    """Every write was accepted; its effect is being followed."""
    SUCCEEDED = "succeeded"
    DEGRADED = "degraded"
    """Applied, but the rollout stalled or failed."""
    DENIED = "denied"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    STALE = "stale"
    """The target changed in between: nothing (more) was written."""
    FAILED = "failed"
    """The write was refused: nothing (more) was written."""
    UNKNOWN = "unknown"
    """Whether the write took effect could not be established; a person must look."""


OPEN = frozenset({State.PENDING, State.APPROVED, State.EXECUTING, State.APPLIED, State.UNKNOWN})
"""States that hold the target: no second operation on it."""

DID_SOMETHING = (State.APPLIED, State.SUCCEEDED, State.DEGRADED)
"""States after which the target is another one than before."""

EDGES: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.APPROVED, State.DENIED, State.CANCELLED, State.EXPIRED, State.STALE}),
    State.APPROVED: frozenset({State.EXECUTING, State.DENIED, State.CANCELLED, State.EXPIRED, State.STALE}),
    State.EXECUTING: frozenset({State.APPLIED, State.FAILED, State.STALE, State.UNKNOWN}),
    State.APPLIED: frozenset({State.SUCCEEDED, State.DEGRADED}),
    State.UNKNOWN: frozenset({State.APPLIED, State.FAILED}),
}


class Verdict(StrEnum):
    """What a person decided."""

    APPROVE = "approve"
    DENY = "deny"


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """One person's verdict on one plan."""

    actor: Actor
    verdict: Verdict
    plan_hash: str
    at: datetime
    reason: str = ""


class Approvers(msgspec.Struct, frozen=True):
    """So many people of one policy group."""

    group: str
    count: int = 1


class Requirements(msgspec.Struct, frozen=True, omit_defaults=True):
    """What policy demands before an operation may start."""

    approvals: tuple[Approvers, ...] = ()
    """Empty: it starts at once."""
    type_name: bool = False
    """The approver must type the target's name."""
    rule: str = ""
    """Name of the policy rule(s) that demanded it, for people."""
    approve_within_s: int = 3600
    execute_within_s: int = 900
    """From the last approval; a start later than that is refused."""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """A plan, who asked for it and where it stands."""

    id: str
    """UUID."""
    number: int
    """Short number for people: "operation 142"."""
    plan: Plan
    requester: Actor
    reason: str
    channel: str
    """Slack channel of the card."""
    requirements: Requirements
    state: State
    decisions: tuple[Decision, ...] = ()
    progress: tuple[Progress | None, ...] = ()
    """Latest look per step."""
    outcome: str = ""
    """One sentence on how it ended or why it did not run."""
    created_at: datetime
    approve_by: datetime
    execute_by: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    version: int = 0
    """Counts transitions and decisions; a card drawn from an older version is outdated."""
