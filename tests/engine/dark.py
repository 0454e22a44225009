"""A kind of object that the bot may not see."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.view import Stream


@dataclass(frozen=True)
class Dark:
    """As bot.engine.findings.Sight; *only*: in these namespaces, and everything else was read."""

    only: tuple[str, ...] = ()
    forbidden: str = "Kubernetes: no rule lets the bot list jobs (batch) in the whole cluster."
    complaint: str = "jobs are not watched. Kubernetes: no rule lets the bot list jobs (batch) in the whole cluster."

    def streams(self, now: datetime) -> tuple[Stream, ...]:
        return (Stream("jobs", now, now, reconnects={"not allowed": 1}),)

    def hides(self, namespace: str) -> bool:
        return not self.only or namespace in self.only
