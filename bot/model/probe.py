"""A probe: one GET of something in the cluster, and what came of it."""

from dataclasses import dataclass

from bot.model.refs import ObjectRef


@dataclass(frozen=True, kw_only=True)
class ProbeQuery:
    """What is asked of which port."""

    target: ObjectRef
    """A Service or a Pod."""
    port: str
    """Its number, or its name in the Service."""
    path: str = "/"
    """From the first slash on, with its query."""
    scheme: str = "http"
    timeout_s: float = 10.0


@dataclass(frozen=True, kw_only=True)
class ProbeAnswer:
    """What the target said, without secrets."""

    latency_s: float
    code: int
    """HTTP status."""
    content_type: str = ""
    location: str = ""
    """Where a redirect leads."""
    head: str = ""
    """The beginning of the body as text; empty for a body that is no text."""
    is_whole: bool = True
    """Whether `head` is all of it."""


@dataclass(frozen=True, kw_only=True)
class NoAnswer:
    """Nothing spoke HTTP there."""

    why: str
    """In the API server's words."""
