"""What pods and nodes use now, as metrics-server tells it."""

from datetime import datetime

from bot.model.kube.meta import KubeObject, KubeStruct


class ContainerUsage(KubeStruct):
    name: str
    usage: dict[str, str] = {}
    """Quantities: `cpu` in n, u or m, `memory` in Ki."""


class PodUsage(KubeObject):
    timestamp: datetime | None = None
    window: str = ""
    containers: tuple[ContainerUsage, ...] = ()


class NodeUsage(KubeObject):
    timestamp: datetime | None = None
    window: str = ""
    usage: dict[str, str] = {}
