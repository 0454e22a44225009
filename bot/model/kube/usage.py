"""What pods and nodes use now, as metrics-server tells it."""

from datetime import datetime

from bot.model.kube.meta import KubeStruct, Metadata


class ContainerUsage(KubeStruct):
    name: str
    usage: dict[str, str] = {}
    """Quantities: `cpu` in n, u or m, `memory` in Ki."""


class PodUsage(KubeStruct):
    metadata: Metadata
    timestamp: datetime | None = None
    window: str = ""
    containers: tuple[ContainerUsage, ...] = ()


class NodeUsage(KubeStruct):
    metadata: Metadata
    timestamp: datetime | None = None
    window: str = ""
    usage: dict[str, str] = {}
