"""How the app is reached: what is delivered to it and how it answers. Socket Mode and signed HTTP both do this."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from playground.slack.values import Json

# Slack gives an app three seconds to acknowledge (docs: "Acknowledging requests").
ACK_TIMEOUT_S = 3.0


class EnvelopeType(StrEnum):
    EVENTS = "events_api"
    SLASH = "slash_commands"
    INTERACTIVE = "interactive"


@dataclass(frozen=True, slots=True)
class Acked:
    """The app acknowledged in time, with a payload or without."""

    payload: Json | None = None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """There was nobody to deliver to: Slack's dispatch_failed."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No acknowledgement within three seconds, or a refusal over HTTP: Slack's operation_timeout."""

    status: int | None = None


Answer = Acked | Undelivered | Unanswered


@dataclass(frozen=True, slots=True)
class Retry:
    """Which repetition of an event this is, and why."""

    attempt: int
    reason: str


class Delivery(Protocol):
    async def request(
        self, envelope_type: EnvelopeType, payload: Json, *, accepts_response: bool, retry: Retry | None = None
    ) -> Answer:
        """Deliver once to one place and wait for the acknowledgement; never raises."""
        ...
