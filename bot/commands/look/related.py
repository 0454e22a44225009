"""What `describe` reads beside the object itself: a service's endpoints, a claim's users."""

from collections.abc import Sequence

from bot.commands.look.columns.column import NONE
from bot.commands.look.columns.networking import SHOWN
from bot.model.kube.pods import Pod
from bot.model.kube.services import SERVICE_NAME_LABEL, EndpointSlice, Service, ServicePort, ServiceSpec
from bot.model.kube.storage import PersistentVolumeClaim
from bot.model.plan import Fact
from bot.model.reply import Facts, Part, Table
from bot.ports import ClusterReader


async def ports_of(cluster: ClusterReader, service: Service) -> list[Part]:
    """The service's ports, and the ready endpoints behind each."""
    slices = await slices_of(cluster, service.metadata.name, service.metadata.namespace)
    rows = tuple(
        (
            port.name or "<unset>",
            f"{port.port}/{port.protocol}",
            f"{port.target_port or port.port}/{port.protocol}",
            f"{port.node_port}/{port.protocol}" if port.node_port else "",
            _endpoints(port, slices),
        )
        for port in service.spec.ports
    )
    facts = Facts(
        (
            Fact("Session affinity", service.spec.session_affinity or "None"),
            *(Fact(label, text) for label, text in _policies(service.spec) if text),
        )
    )
    titles = ("PORT NAME", "PORT", "TARGET PORT", "NODE PORT", "ENDPOINTS")
    return [facts, Table(titles, rows)] if rows else [facts]


async def slices_of(cluster: ClusterReader, service: str, namespace: str) -> Sequence[EndpointSlice]:
    """The endpoints behind the service of that name; none where there is no such service."""
    return await cluster.list(EndpointSlice, namespace, selector=f"{SERVICE_NAME_LABEL}={service}")


def _policies(spec: ServiceSpec) -> list[tuple[str, str]]:
    return [
        ("IP family policy", spec.ip_family_policy),
        ("IP families", ",".join(spec.ip_families)),
        ("IPs", ",".join(spec.cluster_ips) if len(spec.cluster_ips) > 1 else ""),
        ("Health check node port", str(spec.health_check_node_port or "")),
        ("External traffic policy", spec.external_traffic_policy),
        ("Internal traffic policy", spec.internal_traffic_policy),
    ]


def _endpoints(port: ServicePort, slices: Sequence[EndpointSlice]) -> str:
    """kubectl's: three addresses, and how many more."""
    found = [
        f"{address}:{behind.port}"
        for one in slices
        for behind in one.ports or ()
        if behind.name == port.name
        for endpoint in one.endpoints or ()
        if endpoint.is_ready
        for address in endpoint.addresses
    ]
    more = len(found) - SHOWN
    return ",".join(found[:SHOWN]) + (f" + {more} more..." if more > 0 else "") or NONE


async def users_of(cluster: ClusterReader, claim: PersistentVolumeClaim) -> list[Part]:
    """The pods that mount the claim."""
    name = claim.metadata.name
    pods = await cluster.list(Pod, claim.metadata.namespace)
    users = sorted(pod.metadata.name for pod in pods if name in _claims(pod))
    return [Facts((Fact("Used by", ", ".join(users) or NONE),))]


def _claims(pod: Pod) -> set[str]:
    sources = (volume.persistent_volume_claim for volume in pod.spec.volumes)
    return {source.claim_name for source in sources if source is not None}
