"""What a kubelet knows of one pod that it runs."""

from dataclasses import dataclass, field
from datetime import datetime

from playground.cluster.nodes.container import Container
from playground.cluster.nodes.probes import Probe
from playground.cluster.nodes.shell import Machine


@dataclass
class PodRun:
    """What a kubelet knows of one pod."""

    uid: str
    init: list[Container]
    main: list[Container]
    machines: dict[str, Machine]
    ip: str = ""
    probes: dict[str, list[Probe]] = field(default_factory=dict)
    """By container, of those that have a probe which can fail."""
    dying_since: datetime | None = None
    reason: str = ""
    message: str = ""

    @property
    def all(self) -> list[Container]:
        return [*self.init, *self.main]

    def named(self, name: str) -> Container | None:
        return next((each for each in self.all if each.spec["name"] == name), None)
