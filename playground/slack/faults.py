"""What is broken on purpose, set by the control API and obeyed by sockets and Web API."""

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Failure:
    """Answer the next calls (of one method, or of any) with an HTTP status."""

    status: int
    left: int
    method: str | None = None
    retry_after: int = 1
    is_done: bool = False
    """Do what was asked all the same: only the answer is lost."""


@dataclass(slots=True, kw_only=True)
class Faults:
    latency_s: float = 0.0
    link_disabled: bool = False
    refused_handshakes: int = 0
    duplicated_events: int = 0
    late_events_s: float = 0.0
    lacks_new_blocks: bool = False
    """The workspace is one that Slack has not brought its newest blocks to."""
    failures: list[Failure] = field(default_factory=list)

    def failure_of(self, method: str) -> Failure | None:
        """Use up one planned failure of *method*, if there is one."""
        found = next((f for f in self.failures if f.method in (None, method)), None)
        if found is not None:
            found.left -= 1
            self.failures = [f for f in self.failures if f.left > 0]
        return found

    def refuse_handshake(self) -> bool:
        refused = self.refused_handshakes > 0
        self.refused_handshakes = max(0, self.refused_handshakes - 1)
        return refused

    def duplicate_event(self) -> bool:
        duplicated = self.duplicated_events > 0
        self.duplicated_events = max(0, self.duplicated_events - 1)
        return duplicated

    def clear(self) -> None:
        """Mend everything."""
        self.latency_s = self.late_events_s = 0.0
        self.link_disabled = self.lacks_new_blocks = False
        self.refused_handshakes = self.duplicated_events = 0
        self.failures = []
