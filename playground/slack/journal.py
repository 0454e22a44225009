"""What passed between the practice Slack and the app, for the inspector and for a recording as JSON lines."""

import json
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path

from playground.slack.deliveries import Acked, Answer, EnvelopeType, Retry
from playground.slack.values import Json

# Enough for a page of the inspector and a chaos run's last minutes, in a few megabytes.
KEPT_ENTRIES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One envelope (or HTTP request) to the app and what became of it."""

    at: float
    envelope_id: str
    type: str
    about: str
    connection: str | None
    outcome: str
    ack_ms: float | None
    retry_attempt: int | None
    payload: Json
    response: Json | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One Web API call of the app."""

    at: float
    method: str
    status: int
    error: str | None
    ms: float
    arguments: Json


Entry = Delivered | Called


@dataclass(frozen=True, slots=True)
class Taken:
    """How a delivery went: the answer, when it was sent, how long it took."""

    answer: Answer
    at: float
    seconds: float


class Journal:
    """Keeps the last entries and, while recording, writes each to a file."""

    def __init__(self) -> None:
        self.deliveries: deque[Delivered] = deque(maxlen=KEPT_ENTRIES)
        self.calls: deque[Called] = deque(maxlen=KEPT_ENTRIES)
        self._recording: Path | None = None

    def add(self, entry: Entry) -> None:
        match entry:
            case Delivered():
                self.deliveries.append(entry)
            case Called():
                self.calls.append(entry)
        if self._recording is not None:
            with self._recording.open("a", encoding="utf-8") as file:
                file.write(line(entry))

    def record_to(self, path: Path | None) -> None:
        """Write each further entry to *path*, or stop with None."""
        self._recording = path

    def lines(self) -> str:
        """What is kept, as JSON lines in the order of time."""
        entries: list[Entry] = [*self.deliveries, *self.calls]
        return "".join(line(entry) for entry in sorted(entries, key=lambda entry: entry.at))


def line(entry: Entry) -> str:
    return json.dumps({"kind": type(entry).__name__.lower(), **asdict(entry)}, ensure_ascii=False, default=str) + "\n"


def delivered(
    *, envelope_id: str, kind: EnvelopeType, payload: Json, retry: Retry | None, via: str | None, taken: Taken
) -> Delivered:
    """The entry of one delivery."""
    acked = taken.answer if isinstance(taken.answer, Acked) else None
    return Delivered(
        at=taken.at,
        envelope_id=envelope_id,
        type=kind.value,
        about=about(payload),
        connection=via,
        outcome=type(taken.answer).__name__.lower(),
        ack_ms=round(taken.seconds * 1000, 2) if acked else None,
        retry_attempt=retry.attempt if retry else None,
        payload=payload,
        response=acked.payload if acked else None,
    )


def about(payload: Json) -> str:
    """A few words on what a payload is about."""
    kind = payload.get("type")
    if kind == "event_callback":
        return str(payload["event"]["type"])
    if "command" in payload:
        return f"{payload['command']} {payload['text']}".strip()
    actions = payload.get("actions") or [{}]
    detail = actions[0].get("action_id") or payload.get("callback_id") or payload.get("action_id")
    detail = detail or payload.get("view", {}).get("callback_id") or ""
    return f"{kind} {detail}".strip()
