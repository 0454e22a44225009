"""What is told of a container: which state it is in, one life of it, and what happened that is worth an Event."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from playground.cluster.clock import stamp
from playground.cluster.kobject import Object
from playground.cluster.nodes.program import Program


class Phase(Enum):
    WAITING = auto()
    PULLING = auto()
    PULL_BACKOFF = auto()
    CONFIG_ERROR = auto()
    RUNNING = auto()
    TERMINATED = auto()
    CRASH_BACKOFF = auto()


class Restart(Enum):
    ALWAYS = "Always"
    ON_FAILURE = "OnFailure"
    NEVER = "Never"


@dataclass(frozen=True)
class Run:
    """One life of a container."""

    program: Program
    container_id: str
    started: datetime
    ended: datetime | None = None
    code: int = 0
    reason: str = ""

    def terminated(self) -> Object:
        ended = self.ended or self.started
        return {"terminated": {
            "exitCode": self.code, "reason": self.reason, "startedAt": stamp(self.started),
            "finishedAt": stamp(ended), "containerID": self.container_id,
        }}  # fmt: skip


@dataclass
class Happened:
    """Something worth an Event."""

    type: str
    reason: str
    message: str
