"""kubectl get services, endpointslices, ingressroutes."""

from collections.abc import Sequence
from datetime import datetime

from bot.commands.look.columns.column import NONE, Column, View, age_of, labels_text, name
from bot.model.kube.ingress_routes import IngressRoute
from bot.model.kube.services import EndpointSlice, Service, ServicePort
from bot.model.resources import ENDPOINT_SLICE, INGRESS_ROUTE, SERVICE

SHOWN = 3
"""kubectl's own: further endpoints and ports are counted."""


def external_ip(service: Service, now: datetime) -> str:
    """EXTERNAL-IP by the service's type."""
    spec = service.spec
    match spec.type:
        case "ExternalName":
            return spec.external_name
        case "LoadBalancer":
            ingress = [one.ip or one.hostname for one in service.status.load_balancer.ingress]
            return ",".join([*ingress, *spec.external_ips]) or "<pending>"
        case _:
            return ",".join(spec.external_ips) or NONE


def _port(port: ServicePort) -> str:
    node = f":{port.node_port}" if port.node_port else ""
    return f"{port.port}{node}/{port.protocol}"


def _endpoints(item: EndpointSlice, now: datetime) -> str:
    return _first([address for endpoint in item.endpoints or () for address in endpoint.addresses])


def _slice_ports(item: EndpointSlice, now: datetime) -> str:
    return _first([str(port.port) if port.port is not None else port.name or "*" for port in item.ports or ()])


def _first(found: Sequence[str]) -> str:
    more = len(found) - SHOWN
    return ",".join(found[:SHOWN]) + (f" + {more} more..." if more > 0 else "") or "<unset>"


SERVICES = View[Service](
    SERVICE,
    Service,
    (
        Column("NAME", name),
        Column("TYPE", lambda it, now: it.spec.type),
        Column("CLUSTER-IP", lambda it, now: it.spec.cluster_ip or NONE),
        Column("EXTERNAL-IP", external_ip),
        Column("PORT(S)", lambda it, now: ",".join(_port(port) for port in it.spec.ports) or NONE),
        Column("AGE", age_of),
        Column("SELECTOR", lambda it, now: labels_text(it.spec.selector), wide=True),
    ),
)

ENDPOINT_SLICES = View[EndpointSlice](
    ENDPOINT_SLICE,
    EndpointSlice,
    (
        Column("NAME", name),
        Column("ADDRESSTYPE", lambda it, now: it.address_type),
        Column("PORTS", _slice_ports),
        Column("ENDPOINTS", _endpoints),
        Column("AGE", age_of),
    ),
    is_unhealthy=lambda it: not any(endpoint.is_ready for endpoint in it.endpoints or ()),
    state=lambda it: (
        "with endpoints" if any(one.is_ready for one in it.endpoints or ()) else "without a ready endpoint"
    ),
)

INGRESS_ROUTES = View[IngressRoute](
    INGRESS_ROUTE,
    IngressRoute,
    (
        Column("NAME", name),
        Column("AGE", age_of),
        Column("ENTRYPOINTS", lambda it, now: ",".join(it.spec.entry_points) or NONE, wide=True),
        Column("MATCH", lambda it, now: " | ".join(route.match for route in it.spec.routes) or NONE, wide=True),
    ),
)

VIEWS = (SERVICES, ENDPOINT_SLICES, INGRESS_ROUTES)
