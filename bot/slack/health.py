"""What the Slack side knows of its own state, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SocketHealth:
    """One look at the sockets."""

    ready: bool
    why_not: str
    """One sentence; empty when ready."""
    sockets: int
    """Open, with hello."""
    last_hello: datetime | None
    pong_age_s: float | None
    """Since the last frame on the freshest socket."""
    reconnects: Mapping[str, int]
    """By reason."""
    num_connections: int
    """As Slack counted at the last hello: all sockets of the app, ghosts included."""
    ghosts: int
    """How many of them are none of ours."""
    churn_per_min: int
    is_refused: bool = False
    """Slack refuses the app itself (token, scope, switched off): a restart mends nothing."""


@dataclass(frozen=True, slots=True)
class AckLatency:
    """How long the last acks took, from the envelope to the answer handed to the socket."""

    count: int = 0
    p50_ms: float = 0.0
    p99_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class SlackHealth:
    """One look at the whole Slack side."""

    ready: bool
    why_not: str
    socket: SocketHealth | None
    """None over HTTP."""
    acks: AckLatency
    throttled: int
    """429s since the start."""
    auth_age_s: float | None
    """Since auth.test last succeeded."""
    lacking: Mapping[str, str] = field(default_factory=dict)
    """Methods that Slack refused → the scope that each needs."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Envelopes taken, refused, redelivered; deliveries sent, postponed, given up."""
