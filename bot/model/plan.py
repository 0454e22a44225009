"""Plan: what a change would do, as one immutable value that is stored, shown, approved and executed."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from bot.model.refs import ObjectRef

Json = Any
"""What JSON can hold: str, int, float, bool, None, lists and string-keyed dicts of these."""


class Fact(msgspec.Struct, frozen=True):
    """One labelled line on a card: "Strategy" / "Recreate: all 4 pods stop before new ones start"."""

    label: str
    text: str


class Waits(StrEnum):
    """What of the step before it a step waits for."""

    NOTHING = ""
    DONE = "done"
    """Its effect. When that does not come, this step is not written, and the operation fails."""
    ENDED = "ended"
    """Its end, good or bad: for what is put back in any case. Written also after the operation has failed."""


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One write to one object."""

    target: ObjectRef
    observed: dict[str, Json]
    """What must still be so when the write happens:
    field in an operator's words → value (always with uid and generation).
    """
    desired: dict[str, Json]
    """What will be set, in absolute values: never `+2`."""
    waits: Waits = Waits.NOTHING


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A proposed change. Equal plans have equal hashes; what was approved is the hash."""

    command: str
    """Name of the change that can apply it: "restart"."""
    line: str
    """The command line that asked for it, normalised, names and namespace whole: pasted, it asks for the same again."""
    namespace: str
    steps: tuple[Step, ...]
    title: str
    """Imperative with the object: "Restart deployment/instance-worker"."""
    doing: str
    """The same while it runs: "Restarting deployment/instance-worker"."""
    done: str
    """The same when done: "Restarted deployment/instance-worker"."""
    facts: tuple[Fact, ...] = ()
    """At most six: what the approver must know, the costliest first."""
    warnings: tuple[str, ...] = ()
    diff: str = ""
    """Unified diff or before → after lines; shown as preformatted text."""
    undo: str = ""
    """Command line that takes it back; empty where nothing does."""
    patience: timedelta = timedelta(minutes=10)
    """How long without any progress until it counts as stalled."""
    subject: str = ""
    """What the plan is about, where that is not simply its targets: the instance, not its deployment."""
    program: tuple[str, ...] = ()
    """What it runs in a container, word by word: policy may let some programs run without approval."""

    @property
    def names(self) -> str:
        """What an approver types, so that nobody approves by reflex."""
        return self.subject or " ".join(step.target.name for step in self.steps)

    @property
    def hash(self) -> str:
        """SHA-256 over the canonical JSON (sorted keys), hexadecimal."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class Observed(msgspec.Struct, frozen=True):
    """An object as it is now, reduced to what a step compares."""

    fields: dict[str, Json]
    resource_version: str = ""
    """For compare-and-swap at the write."""


class Mark(msgspec.Struct, frozen=True):
    """What a write carries, so that its effect can be found again after a crash."""

    operation: str
    """The operation's id, written to the annotation `chatops.saas.io/operation` in the same request.

    A second write to the same object says so: `<id>.2`.
    """
    audit_id: str
    """Sent as Audit-ID: joins our audit with the API server's."""
    resource_version: str
    """From the last drift check: the write happens only on that version."""
    at: datetime
    """When the operation was approved to start; the same on each attempt."""


class Effect(StrEnum):
    """Whether a write took effect, as read from the target itself."""

    ABSENT = "absent"
    PRESENT = "present"
    UNCLEAR = "unclear"


class Phase(StrEnum):
    """Where a followed change stands."""

    RUNNING = "running"
    DONE = "done"
    STALLED = "stalled"


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """One look at a running change."""

    phase: Phase
    line: str
    """One line for people: "3 of 4 ready · waiting for instance-worker-7c9-x2x: pulling image"."""
    ready: int = 0
    wanted: int = 0
    """Of what `ready` counts; 0 where nothing is counted."""
    reason: str = ""
    """Why it stalls, with evidence: "instance-worker-7c9-k8d: CrashLoopBackOff, exit 1: `KeyError: 'BROKER_URL'`"."""
    has_failed: bool = False
    """It stalls for good: no patience will help."""
    next_line: str = ""
    """Command line to offer when it stalled: "rollback instance-worker --to-revision 11"."""
    output: str = ""
    """What a program said, without secrets; shown as it is."""
