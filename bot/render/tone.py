"""One emoji and one colour per state; never colour alone."""

from dataclasses import dataclass

from bot.model.incident import IncidentState
from bot.model.operation import State
from bot.model.reply import Tone


@dataclass(frozen=True, slots=True)
class Look:
    """How a state looks."""

    emoji: str
    color: str


GREY, BLUE, GREEN, AMBER, RED = "#868686", "#1264a3", "#2eb67d", "#ecb22e", "#e01e5a"
"""Slack's own accents: readable beside text in dark and light."""

TONES: dict[Tone, Look] = {
    Tone.PLAIN: Look("", ""),
    Tone.WAITING: Look("⏳", GREY),
    Tone.RUNNING: Look("🔵", BLUE),
    Tone.GOOD: Look("✅", GREEN),
    Tone.WARNING: Look("⚠️", AMBER),
    Tone.BAD: Look("❌", RED),
    Tone.DENIED: Look("🚫", RED),
}

STATES: dict[State, Look] = {
    State.PENDING: Look("⏳", GREY),
    State.APPROVED: Look("⏳", GREY),
    State.EXECUTING: Look("🔵", BLUE),
    State.APPLIED: Look("🔵", BLUE),
    State.SUCCEEDED: Look("✅", GREEN),
    State.DEGRADED: Look("⚠️", AMBER),
    State.DENIED: Look("🚫", RED),
    State.CANCELLED: Look("🚫", GREY),
    State.EXPIRED: Look("⌛", GREY),
    State.STALE: Look("🕒", GREY),
    State.FAILED: Look("❌", RED),
    State.UNKNOWN: Look("⚠️", AMBER),
}

INCIDENTS: dict[IncidentState, Look] = {
    IncidentState.OPEN: Look("🔴", RED),
    IncidentState.ACKNOWLEDGED: Look("🟠", AMBER),
    IncidentState.HEALED: Look("🟢", GREEN),
    IncidentState.GONE: Look("⚪", GREY),
}
