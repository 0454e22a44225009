"""The columns of each kind, as `kubectl get` shows them; those of priority 1 with -o wide."""

from datetime import datetime
from typing import Any

from playground.cluster.kobject import Object
from playground.cluster.tables import batch, pods
from playground.cluster.tables.cells import (
    access_modes,
    claim_capacity,
    claim_of,
    controlled_by,
    endpoint_addresses,
    external_ips,
    images,
    label_pairs,
    names,
    node_address,
    node_roles,
    node_status,
    or_else,
    plain,
    ports,
    selector,
    since,
    slice_addresses,
    target_metrics,
)
from playground.cluster.tables.column import AGE, NAME, Column
from playground.cluster.tables.durations import age

_CONTAINERS = Column("Containers", lambda obj, now: names(obj["spec"]["template"]), 1)
_IMAGES = Column("Images", lambda obj, now: images(obj["spec"]["template"]), 1)
_SELECTOR = Column("Selector", lambda obj, now: selector(obj["spec"].get("selector")), 1)


def _count(name: str, *path: str) -> Column:
    return Column(name, lambda obj, now: plain(obj, *path) or 0, type="integer")


def _text(name: str, *path: str, priority: int = 0, missing: str = "<none>") -> Column:
    return Column(name, lambda obj, now: plain(obj, *path) or missing, priority)


def _ready(obj: Object, now: datetime) -> str:
    del now
    return f"{plain(obj, 'status', 'readyReplicas') or 0}/{plain(obj, 'spec', 'replicas') or 0}"


def _number_of(*path: str) -> Any:
    return lambda obj, now: len(plain(obj, *path) or ())


def _last_seen(event: Object, now: datetime) -> str:
    return age(event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp"), now)


def _involved(event: Object, now: datetime) -> str:
    del now
    return f"{event['involvedObject'].get('kind', '').lower()}/{event['involvedObject'].get('name', '')}"


def _role(binding: Object, now: datetime) -> str:
    del now
    return f"{binding['roleRef']['kind']}/{binding['roleRef']['name']}"


def _subjects(kind: str) -> Any:
    return lambda binding, now: ", ".join(
        (f"{subject.get('namespace', '')}/" if kind == "ServiceAccount" else "") + subject["name"]
        for subject in binding.get("subjects") or ()
        if subject["kind"] == kind
    )


_BINDING = (
    NAME,
    Column("Role", _role),
    AGE,
    Column("Users", _subjects("User"), 1),
    Column("Groups", _subjects("Group"), 1),
    Column("ServiceAccounts", _subjects("ServiceAccount"), 1),
)
_DATA = Column("Data", _number_of("data"), type="integer")
_APPS, _RBAC = "apps", "rbac.authorization.k8s.io"

COLUMNS: dict[tuple[str, str], tuple[Column, ...]] = {
    ("", "Pod"): pods.COLUMNS,
    ("", "Node"): (
        NAME,
        Column("Status", node_status),
        Column("Roles", node_roles),
        AGE,
        _text("Version", "status", "nodeInfo", "kubeletVersion"),
        Column("Internal-IP", lambda node, now: node_address(node, "InternalIP"), 1),
        Column("External-IP", lambda node, now: node_address(node, "ExternalIP"), 1),
        _text("OS-Image", "status", "nodeInfo", "osImage", priority=1),
        _text("Kernel-Version", "status", "nodeInfo", "kernelVersion", priority=1),
        _text("Container-Runtime", "status", "nodeInfo", "containerRuntimeVersion", priority=1),
    ),
    ("", "Namespace"): (NAME, _text("Status", "status", "phase"), AGE),
    ("", "Service"): (
        NAME,
        _text("Type", "spec", "type"),
        _text("Cluster-IP", "spec", "clusterIP"),
        Column("External-IP", external_ips),
        Column("Port(s)", ports),
        AGE,
        Column("Selector", lambda obj, now: label_pairs(obj["spec"].get("selector")), 1),
    ),
    ("", "Endpoints"): (NAME, Column("Endpoints", lambda obj, now: endpoint_addresses(obj)), AGE),
    ("", "ConfigMap"): (NAME, _DATA, AGE),
    ("", "Secret"): (NAME, _text("Type", "type"), _DATA, AGE),
    ("", "ServiceAccount"): (NAME, Column("Secrets", _number_of("secrets"), type="integer"), AGE),
    ("", "Event"): (
        Column("Last Seen", _last_seen),
        _text("Type", "type"),
        _text("Reason", "reason"),
        Column("Object", _involved),
        _text("Subobject", "involvedObject", "fieldPath", priority=1, missing=""),
        _text("Source", "source", "component", priority=1, missing=""),
        _text("Message", "message", missing=""),
        Column("First Seen", lambda event, now: age(event.get("firstTimestamp"), now), 1),
        Column("Count", lambda event, now: str(event.get("count", 1)), 1),
        Column("Name", lambda event, now: event["metadata"]["name"], 1),
    ),
    ("", "PersistentVolumeClaim"): (
        NAME,
        _text("Status", "status", "phase"),
        _text("Volume", "spec", "volumeName", missing=""),
        Column("Capacity", claim_capacity),
        Column("Access Modes", lambda obj, now: access_modes(plain(obj, "status", "accessModes"))),
        _text("StorageClass", "spec", "storageClassName", missing=""),
        _text("VolumeAttributesClass", "spec", "volumeAttributesClassName", missing="<unset>"),
        AGE,
        _text("VolumeMode", "spec", "volumeMode", priority=1),
    ),
    ("", "PersistentVolume"): (
        NAME,
        _text("Capacity", "spec", "capacity", "storage"),
        Column("Access Modes", lambda obj, now: access_modes(plain(obj, "spec", "accessModes"))),
        _text("Reclaim Policy", "spec", "persistentVolumeReclaimPolicy"),
        _text("Status", "status", "phase"),
        Column("Claim", lambda obj, now: claim_of(obj)),
        _text("StorageClass", "spec", "storageClassName", missing=""),
        _text("VolumeAttributesClass", "spec", "volumeAttributesClassName", missing="<unset>"),
        _text("Reason", "status", "reason", missing=""),
        AGE,
        _text("VolumeMode", "spec", "volumeMode", priority=1),
    ),
    (_APPS, "Deployment"): (
        NAME,
        Column("Ready", _ready),
        _count("Up-to-date", "status", "updatedReplicas"),
        _count("Available", "status", "availableReplicas"),
        AGE,
        _CONTAINERS,
        _IMAGES,
        _SELECTOR,
    ),
    (_APPS, "ReplicaSet"): (
        NAME,
        _count("Desired", "spec", "replicas"),
        _count("Current", "status", "replicas"),
        _count("Ready", "status", "readyReplicas"),
        AGE,
        _CONTAINERS,
        _IMAGES,
        _SELECTOR,
    ),
    (_APPS, "StatefulSet"): (NAME, Column("Ready", _ready), AGE, _CONTAINERS, _IMAGES),
    (_APPS, "DaemonSet"): (
        NAME,
        _count("Desired", "status", "desiredNumberScheduled"),
        _count("Current", "status", "currentNumberScheduled"),
        _count("Ready", "status", "numberReady"),
        _count("Up-to-date", "status", "updatedNumberScheduled"),
        _count("Available", "status", "numberAvailable"),
        Column("Node Selector", lambda obj, now: label_pairs(plain(obj, "spec", "template", "spec", "nodeSelector"))),
        AGE,
        _CONTAINERS,
        _IMAGES,
        _SELECTOR,
    ),
    (_APPS, "ControllerRevision"): (
        NAME,
        Column("Controller", lambda obj, now: controlled_by(obj)),
        _count("Revision", "revision"),
        AGE,
    ),
    ("batch", "Job"): (
        NAME,
        Column("Status", batch.job_status),
        Column("Completions", batch.completions),
        Column("Duration", batch.duration),
        AGE,
        _CONTAINERS,
        _IMAGES,
        _SELECTOR,
    ),
    ("batch", "CronJob"): (
        NAME,
        _text("Schedule", "spec", "schedule"),
        _text("Timezone", "spec", "timeZone"),
        Column("Suspend", lambda obj, now: str(bool(plain(obj, "spec", "suspend")))),
        Column("Active", _number_of("status", "active"), type="integer"),
        Column("Last Schedule", lambda obj, now: since(plain(obj, "status", "lastScheduleTime"), now)),
        AGE,
        Column("Containers", lambda obj, now: names(obj["spec"]["jobTemplate"]["spec"]["template"]), 1),
        Column("Images", lambda obj, now: images(obj["spec"]["jobTemplate"]["spec"]["template"]), 1),
        Column("Selector", lambda obj, now: selector(plain(obj, "spec", "jobTemplate", "spec", "selector")), 1),
    ),
    ("autoscaling", "HorizontalPodAutoscaler"): (
        NAME,
        Column("Reference", lambda obj, now: "{kind}/{name}".format(**obj["spec"]["scaleTargetRef"])),
        Column("Targets", target_metrics),
        _count("MinPods", "spec", "minReplicas"),
        _count("MaxPods", "spec", "maxReplicas"),
        _count("Replicas", "status", "currentReplicas"),
        AGE,
    ),
    ("policy", "PodDisruptionBudget"): (
        NAME,
        Column("Min Available", lambda obj, now: str(plain(obj, "spec", "minAvailable") or "N/A")),
        Column("Max Unavailable", lambda obj, now: str(or_else(plain(obj, "spec", "maxUnavailable"), "N/A"))),
        _count("Allowed Disruptions", "status", "disruptionsAllowed"),
        AGE,
    ),
    ("discovery.k8s.io", "EndpointSlice"): (
        NAME,
        _text("AddressType", "addressType"),
        Column(
            "Ports", lambda obj, now: ",".join(str(each.get("port")) for each in obj.get("ports") or ()) or "<unset>"
        ),
        Column("Endpoints", lambda obj, now: slice_addresses(obj)),
        AGE,
    ),
    ("networking.k8s.io", "Ingress"): (
        NAME,
        _text("Class", "spec", "ingressClassName"),
        Column(
            "Hosts",
            lambda obj, now: ",".join(rule.get("host", "*") for rule in plain(obj, "spec", "rules") or ()) or "*",
        ),
        Column("Address", lambda obj, now: ""),
        Column("Ports", lambda obj, now: "80, 443" if plain(obj, "spec", "tls") else "80"),
        AGE,
    ),
    ("networking.k8s.io", "NetworkPolicy"): (
        NAME,
        Column("Pod-Selector", lambda obj, now: selector(plain(obj, "spec", "podSelector"))),
        AGE,
    ),
    ("coordination.k8s.io", "Lease"): (NAME, _text("Holder", "spec", "holderIdentity", missing=""), AGE),
    ("storage.k8s.io", "StorageClass"): (
        NAME,
        _text("Provisioner", "provisioner"),
        _text("ReclaimPolicy", "reclaimPolicy", missing="Delete"),
        _text("VolumeBindingMode", "volumeBindingMode", missing="Immediate"),
        Column("AllowVolumeExpansion", lambda obj, now: str(bool(obj.get("allowVolumeExpansion"))).lower()),
        AGE,
    ),
    (_RBAC, "Role"): (NAME, Column("Created At", lambda obj, now: obj["metadata"].get("creationTimestamp"))),
    (_RBAC, "ClusterRole"): (NAME, Column("Created At", lambda obj, now: obj["metadata"].get("creationTimestamp"))),
    (_RBAC, "RoleBinding"): _BINDING,
    (_RBAC, "ClusterRoleBinding"): _BINDING,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        NAME,
        Column("Created At", lambda obj, now: obj["metadata"].get("creationTimestamp")),
    ),
}
