"""Services and the endpoints behind them."""

import msgspec

from bot.model.kube.meta import KubeObject, KubeStruct, ObjectReference


class ServicePort(KubeStruct):
    port: int
    name: str = ""
    protocol: str = "TCP"
    target_port: int | str = 0
    """A number, or the name of a container's port; 0: the same as `port`."""
    node_port: int = 0


class ServiceSpec(KubeStruct):
    type: str = "ClusterIP"
    cluster_ip: str = msgspec.field(default="", name="clusterIP")
    """ "None" for a headless service."""
    cluster_ips: tuple[str, ...] = msgspec.field(default=(), name="clusterIPs")
    """The one above, and on a dual-stack cluster that of the other family."""
    external_name: str = ""
    external_ips: tuple[str, ...] = msgspec.field(default=(), name="externalIPs")
    ports: tuple[ServicePort, ...] = ()
    selector: dict[str, str] = {}
    session_affinity: str = ""
    external_traffic_policy: str = ""
    internal_traffic_policy: str = ""
    health_check_node_port: int = 0
    ip_family_policy: str = ""
    ip_families: tuple[str, ...] = ()


class LoadBalancerIngress(KubeStruct):
    ip: str = ""
    hostname: str = ""


class LoadBalancerStatus(KubeStruct):
    ingress: tuple[LoadBalancerIngress, ...] = ()


class ServiceStatus(KubeStruct):
    load_balancer: LoadBalancerStatus = LoadBalancerStatus()


class Service(KubeObject):
    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()


class EndpointConditions(KubeStruct):
    ready: bool | None = None
    """Absent means ready."""
    serving: bool | None = None
    terminating: bool | None = None


class Endpoint(KubeStruct):
    addresses: tuple[str, ...] = ()
    conditions: EndpointConditions = EndpointConditions()
    target_ref: ObjectReference | None = None
    node_name: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether traffic is sent here."""
        return self.conditions.ready is not False


class EndpointPort(KubeStruct):
    name: str = ""
    protocol: str = "TCP"
    port: int | None = None


SERVICE_NAME_LABEL = "kubernetes.io/service-name"
"""Label of an EndpointSlice that names its Service."""


class EndpointSlice(KubeObject):
    """A part of a Service's endpoints; the server writes null for none."""

    address_type: str = ""
    endpoints: tuple[Endpoint, ...] | None = ()
    ports: tuple[EndpointPort, ...] | None = ()
