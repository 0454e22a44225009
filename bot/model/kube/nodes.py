"""Nodes and namespaces."""

import msgspec

from bot.model.kube.meta import Condition, KubeObject, KubeStruct


class Taint(KubeStruct):
    key: str
    effect: str
    value: str = ""


class NodeSpec(KubeStruct):
    unschedulable: bool = False
    """Cordoned."""
    taints: tuple[Taint, ...] = ()
    pod_cidr: str = msgspec.field(default="", name="podCIDR")
    provider_id: str = msgspec.field(default="", name="providerID")


class NodeAddress(KubeStruct):
    type: str
    """InternalIP, ExternalIP or Hostname."""
    address: str


class NodeSystemInfo(KubeStruct):
    kubelet_version: str = ""
    container_runtime_version: str = ""
    os_image: str = ""
    kernel_version: str = ""
    architecture: str = ""
    operating_system: str = ""


class NodeStatus(KubeStruct):
    capacity: dict[str, str] = {}
    allocatable: dict[str, str] = {}
    conditions: tuple[Condition, ...] = ()
    addresses: tuple[NodeAddress, ...] = ()
    node_info: NodeSystemInfo = NodeSystemInfo()


class Node(KubeObject):
    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()

    @property
    def ready(self) -> Condition | None:
        """The condition Ready: True, False (the kubelet says so) or Unknown (the kubelet says nothing)."""
        return next((condition for condition in self.status.conditions if condition.type == "Ready"), None)


class NamespaceStatus(KubeStruct):
    phase: str = ""


class Namespace(KubeObject):
    status: NamespaceStatus = NamespaceStatus()
