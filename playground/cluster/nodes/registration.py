"""What a kubelet reports of its node: capacity, addresses, versions, and that all is well."""

from datetime import datetime

from playground.cluster.clock import stamp
from playground.cluster.controllers.conditions import with_condition
from playground.cluster.kobject import Object

CAPACITY = {"cpu": "16", "memory": "64Gi", "pods": "1000", "ephemeral-storage": "200Gi"}
ALLOCATABLE = {"cpu": "15", "memory": "60Gi", "pods": "1000", "ephemeral-storage": "180Gi"}
"""Room for 3,000 pods on three nodes; the kubelet's own limit of 110 would stop load tests."""
_INFO = {
    "kubeletVersion": "v1.34.4",
    "kubeProxyVersion": "v1.34.4",
    "osImage": "Debian GNU/Linux 12 (bookworm)",
    "kernelVersion": "6.1.0-31-amd64",
    "containerRuntimeVersion": "containerd://1.7.27",
    "architecture": "amd64",
    "operatingSystem": "linux",
    "bootID": "practice",
    "machineID": "practice",
    "systemUUID": "practice",
}
_HEALTHY = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def registered(node: Object, number: int, now: datetime) -> Object:
    """Return the status of a node that has just joined; what its manifest says of itself stands."""
    name = node["metadata"]["name"]
    digits = "".join(letter for letter in name if letter.isdigit())
    addresses = [
        {"type": "InternalIP", "address": f"192.168.10.{10 + int(digits or number) % 240}"},
        {"type": "Hostname", "address": name},
    ]
    return {
        "capacity": CAPACITY,
        "allocatable": ALLOCATABLE,
        "addresses": addresses,
        "nodeInfo": _INFO,
        **node.get("status", {}),
        "conditions": healthy([], now),
    }


def healthy(conditions: list[Object], now: datetime) -> list[Object]:
    for type_, status, reason, message in _HEALTHY:
        new = {"type": type_, "status": status, "reason": reason, "message": message, "lastHeartbeatTime": stamp(now)}
        conditions = with_condition(conditions, new, now)
    return conditions
