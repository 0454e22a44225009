"""Incident: symptoms of one fault at one owner, from the first to the day it is well again."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bot.model.actor import Actor
from bot.model.plan import Fact
from bot.model.refs import ObjectRef
from bot.model.symptom import Fault, Symptom


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody looks after it."""
    HEALED = "healed"
    GONE = "gone"
    """What was failing no longer exists, and nothing says that it was ever well."""


STANDING = frozenset({IncidentState.OPEN, IncidentState.ACKNOWLEDGED})
"""States in which it is still wrong: one incident per key."""


class Told(StrEnum):
    """What has just happened to an incident, as its thread tells it."""

    OPENED = "opened"
    EDITED = "edited"
    """Counts only: the card says it, the thread does not."""
    OTHER_CAUSE = "other cause"
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ENDED = "ended"


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    """One object that shows the fault now."""

    uid: str
    name: str
    container: str = ""
    restarts: int = 0


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why, as far as the evidence goes; redacted and bounded."""

    likely: str = ""
    log: tuple[str, ...] = ()
    """The last lines before it ended, oldest first."""
    telling: str = ""
    """The one line of them that tells most."""
    changed: str = ""
    """What changed last."""
    back_to: int = 0
    """The newest earlier revision with another template; 0: none known."""
    wanted: int = 0
    """How many pods the owner wants; 0: not known."""
    facts: tuple[Fact, ...] = ()


class Remedy(msgspec.Struct, frozen=True, omit_defaults=True):
    """The operation that went before the recovery: not proof that it was the cure, but what people want to know."""

    done: str
    """"Rolled back deployment/odoo-acme to revision 11"."""
    number: int
    requester: Actor
    approvers: tuple[Actor, ...] = ()


class Incident(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One incident as it is stored and shown."""

    id: str
    number: int = 0
    cluster: str
    fault: Fault
    owner: ObjectRef
    state: IncidentState = IncidentState.OPEN
    channels: tuple[str, ...] = ()
    """Slack channels that it is shown in, settled when it opens."""
    worst: Symptom
    """The symptom that the card speaks of."""
    members: tuple[Member, ...] = ()
    diagnosis: Diagnosis | None = None
    """None: not looked into yet, or nothing could be read."""
    opened_at: datetime
    ended_at: datetime | None = None
    remedy: Remedy | None = None
    reopened: int = 0
    acknowledged_by: Actor | None = None
    snoozed_until: datetime | None = None
    version: int = 0
    """Counts what was stored; a thread line is keyed by it."""

    @property
    def key(self) -> "IncidentKey":
        """What there is one standing incident for."""
        return (self.fault, self.owner.kind, self.owner.namespace, self.owner.name)

    @property
    def is_standing(self) -> bool:
        """Whether it is still wrong."""
        return self.state in STANDING


IncidentKey = tuple[Fault, str, str, str]


def key_of(symptom: Symptom) -> IncidentKey:
    """The incident that *symptom* belongs to."""
    return (symptom.fault, symptom.owner.kind, symptom.owner.namespace, symptom.owner.name)
