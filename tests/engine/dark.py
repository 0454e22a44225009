"""A kind of object that the bot may not see."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dark:
    """As bot.engine.findings.Sight."""

    forbidden: str = "Kubernetes: no rule lets the bot list jobs (batch) in the whole cluster."
    complaint: str = f"jobs are not watched. {forbidden}"
