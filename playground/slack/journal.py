"""What passed between the practice Slack and the app, for the inspector and for a recording as JSON lines."""

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

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
            line = {"kind": type(entry).__name__.lower(), **asdict(entry)}
            with self._recording.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def record_to(self, path: Path | None) -> None:
        """Write each further entry to *path*, or stop with None."""
        self._recording = path

    @contextmanager
    def recording(self, path: Path) -> Iterator[None]:
        self.record_to(path)
        try:
            yield
        finally:
            self.record_to(None)


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
