"""Event: something that happened, as the audit chain keeps it and as a thread tells it."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bot.model.actor import Actor
from bot.model.plan import Json


class EventKind(StrEnum):
    """What happened. Each kind that carries an operation's version stands for one transition or decision of it."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    """One person's verdict was counted."""
    APPROVED = "approved"
    STARTED = "started"
    APPLIED = "applied"
    SUCCEEDED = "succeeded"
    DEGRADED = "degraded"
    DENIED = "denied"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    STALE = "stale"
    FAILED = "failed"
    UNKNOWN = "unknown"
    INTENDED = "intended"
    """A write to one target is about to be sent."""
    WRITTEN = "written"
    """A write to one target took effect."""
    BROKEN = "broken"
    """A bug of the bot stopped an attempt to write to one target."""
    ACKNOWLEDGED = "acknowledged"
    """A person looks after an incident."""
    SNOOZED = "snoozed"
    """A person asked that an incident keeps quiet for a while."""
    ANCHORED = "anchored"
    """The head of this chain was told outside of the database."""
    REFUSED = "refused"
    """A person asked or clicked and was told no; nothing was changed."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who did what to which operation, and why. Holds no secret and no log content."""

    kind: EventKind
    actor: Actor | None = None
    """None: the bot itself."""
    operation: str = ""
    version: int = 0
    """The operation's version that this event made; 0 where it made none."""
    text: str = ""
    """One sentence for people: a reason, an outcome, a refusal."""
    detail: dict[str, Json] = {}
    """What an auditor needs beside: plan hash, target, audit id, command line."""


class Noted(msgspec.Struct, frozen=True):
    """An event with the moment at which the audit took it in."""

    at: datetime
    event: Event
