"""Cells that need a thought: selectors, ports, node roles, autoscaler targets."""

from datetime import datetime
from typing import Any

from playground.cluster.kobject import Object, labels_of
from playground.cluster.tables.durations import age

ROLE_LABEL = "node-role.kubernetes.io/"


def plain(obj: Object, *path: str) -> Any:
    """Return the value at *path*, None where something is missing."""
    value: Any = obj
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def names(template: Object) -> str:
    return ",".join(container["name"] for container in template["spec"]["containers"])


def images(template: Object) -> str:
    return ",".join(container["image"] for container in template["spec"]["containers"])


def label_pairs(labels: dict[str, str] | None) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or "<none>"


def selector(labels: Object | None) -> str:
    """Print a LabelSelector as one would type it."""
    if labels is None:
        return "<none>"
    parts = [f"{key}={value}" for key, value in sorted((labels.get("matchLabels") or {}).items())]
    for each in labels.get("matchExpressions") or ():
        values = ",".join(each.get("values") or ())
        parts.append({
            "In": f"{each['key']} in ({values})", "NotIn": f"{each['key']} notin ({values})",
            "Exists": each["key"], "DoesNotExist": f"!{each['key']}",
        }[each["operator"]])  # fmt: skip
    return ",".join(parts) or "<none>"


def ports(service: Object, now: datetime) -> str:
    del now
    return ",".join(
        f"{port['port']}{':' + str(port['nodePort']) if port.get('nodePort') else ''}/{port.get('protocol', 'TCP')}"
        for port in service["spec"].get("ports") or ()
    ) or "<none>"  # fmt: skip


def external_ips(service: Object, now: datetime) -> str:
    del now
    spec = service["spec"]
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName", ""))
    if spec.get("type") == "LoadBalancer":
        given = plain(service, "status", "loadBalancer", "ingress") or ()
        return ",".join(each.get("ip") or each.get("hostname", "") for each in given) or "<pending>"
    return ",".join(spec.get("externalIPs") or ()) or "<none>"


def node_status(node: Object, now: datetime) -> str:
    del now
    ready = next(
        (each["status"] for each in plain(node, "status", "conditions") or () if each["type"] == "Ready"), None
    )
    told = {"True": "Ready", None: "Unknown"}.get(ready, "NotReady")
    return f"{told},SchedulingDisabled" if node["spec"].get("unschedulable") else told


def node_roles(node: Object, now: datetime) -> str:
    del now
    roles = sorted(label.removeprefix(ROLE_LABEL) for label in labels_of(node) if label.startswith(ROLE_LABEL))
    return ",".join(roles) or "<none>"


def claim_capacity(claim: Object, now: datetime) -> str:
    del now
    return plain(claim, "status", "capacity", "storage") or ""


def target_metrics(autoscaler: Object, now: datetime) -> str:
    """Print each metric as `cpu: 12%/80%`."""
    del now
    current = {
        each["resource"]["name"]: each["resource"].get("current", {})
        for each in plain(autoscaler, "status", "currentMetrics") or () if each.get("resource")
    }  # fmt: skip
    parts = []
    for metric in autoscaler["spec"].get("metrics") or ():
        resource = metric.get("resource")
        if resource and "averageUtilization" in resource["target"]:
            have = current.get(resource["name"], {}).get("averageUtilization")
            shown = "<unknown>" if have is None else f"{have}%"
            parts.append(f"{resource['name']}: {shown}/{resource['target']['averageUtilization']}%")
        elif resource:
            have = current.get(resource["name"], {}).get("averageValue", "<unknown>")
            parts.append(f"{resource['name']}: {have}/{resource['target'].get('averageValue')}")
    return ", ".join(parts) or "<none>"


def or_else(value: Any, missing: str) -> Any:
    return missing if value is None else value


def since(time: str | None, now: datetime) -> str:
    return age(time, now) if time else "<none>"


def node_address(node: Object, kind: str) -> str:
    return next(
        (each["address"] for each in plain(node, "status", "addresses") or () if each["type"] == kind), "<none>"
    )


def access_modes(modes: list[str] | None) -> str:
    short = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
    return ",".join(short.get(mode, mode) for mode in modes or ())


def claim_of(volume: Object) -> str:
    claim = plain(volume, "spec", "claimRef")
    return f"{claim['namespace']}/{claim['name']}" if claim else ""


def controlled_by(obj: Object) -> str:
    for reference in obj["metadata"].get("ownerReferences") or ():
        if reference.get("controller"):
            group = reference["apiVersion"].split("/")[0]
            return f"{reference['kind'].lower()}.{group}/{reference['name']}"
    return "<none>"


def endpoint_addresses(obj: Object) -> str:
    found = [
        f"{address['ip']}:{port['port']}"
        for subset in obj.get("subsets") or ()
        for port in subset.get("ports") or ()
        for address in subset.get("addresses") or ()
    ]
    more = f" + {len(found) - 3} more..." if len(found) > 3 else ""
    return ",".join(found[:3]) + more or "<none>"


def slice_addresses(obj: Object) -> str:
    found = [address for endpoint in obj.get("endpoints") or () for address in endpoint.get("addresses") or ()]
    more = f" + {len(found) - 3} more..." if len(found) > 3 else ""
    return ",".join(found[:3]) + more or "<unset>"
