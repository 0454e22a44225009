"""Pods of about 11 kB, as real ones are: a third is managedFields, a quarter status."""

from typing import Any

import msgspec

STAMP = "0" * 20
"""Where the server writes when it sends: nanoseconds of the clock that all processes share."""
VERSION = "1" * 20
"""Where the server writes the version."""
ROLES = ("app", "log-shipper")


def pod(number: int) -> dict[str, Any]:
    """Make a pod; one in a hundred crash-loops."""
    name = f"odoo-customer-{number:06d}-7c9f8d6b5-x2x{number % 10}k"
    return {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {
            "name": name,
            "namespace": "saasodoo",
            "uid": f"{number:08d}-aaaa-bbbb-cccc-000000000000",
            "resourceVersion": VERSION,
            "creationTimestamp": "2026-11-01T10:00:00Z",
            "labels": {"app": "odoo", "instance": name, "pod-template-hash": "7c9f8d6b5", "tier": "customer"},
            "annotations": {"bench/sent": STAMP, "checksum/config": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b" * 2},
            "ownerReferences": [
                {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": name[:-6], "uid": "r", "controller": True}
            ],
            "managedFields": [_managed(manager) for manager in ("kube-controller-manager", "kubelet", "saas-bot")],
        },
        "spec": _spec(),
        "status": _status(crashing=number % 100 == 0),
    }


def event(number: int, kind: str) -> bytes:
    """Make a line of a watch."""
    return msgspec.json.encode({"type": kind, "object": pod(number)}) + b"\n"


def _managed(manager: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        f'k:{{"name":"VARIABLE_{number}"}}': {".": {}, "f:name": {}, "f:value": {}} for number in range(22)
    }
    owned = {"f:spec": {"f:containers": {'k:{"name":"app"}': {".": {}, "f:env": {".": {}, **fields}}}}}
    return {"manager": manager, "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": owned}


def _spec() -> dict[str, Any]:
    probe = {"httpGet": {"path": "/web/health", "port": 8069, "scheme": "HTTP"}, "periodSeconds": 10}
    containers = [
        {
            "name": role,
            "image": f"registry.example.com/saas/{role}:17.0.3@sha256:{'ab' * 32}",
            "env": [{"name": f"VARIABLE_{number}", "value": f"value-of-{number}"} for number in range(22)],
            "ports": [{"containerPort": 8069, "name": "http", "protocol": "TCP"}],
            "resources": {"limits": {"cpu": "2", "memory": "2Gi"}, "requests": {"cpu": "250m", "memory": "512Mi"}},
            "livenessProbe": probe,
            "readinessProbe": probe,
            "volumeMounts": [
                {"name": "data", "mountPath": "/var/lib/odoo"},
                {"name": "token", "mountPath": "/var/run"},
            ],
            "terminationMessagePath": "/dev/termination-log",
        }
        for role in ROLES
    ]
    return {
        "containers": containers,
        "volumes": [{"name": "odoo", "hostPath": {"path": "/mnt/cephfs/odoo_instances/x"}}],
        "nodeName": "node-1",
        "restartPolicy": "Always",
        "serviceAccountName": "odoo",
        "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}],
    }


def _status(*, crashing: bool) -> dict[str, Any]:
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}
    exited = {
        "exitCode": 1,
        "reason": "Error",
        "finishedAt": "2026-11-23T10:00:00Z",
        "containerID": "containerd://" + "f" * 64,
    }
    statuses = [
        {
            "name": role,
            "ready": not crashing,
            "restartCount": 7 if crashing else 0,
            "image": f"registry.example.com/saas/{role}:17.0.3",
            "imageID": f"registry.example.com/saas/{role}@sha256:{'ab' * 32}",
            "containerID": f"containerd://{'cd' * 32}",
            "state": waiting if crashing else {"running": {"startedAt": "2026-11-01T10:00:05Z"}},
            "lastState": {"terminated": exited} if crashing else {},
        }
        for role in ROLES
    ]
    conditions = [
        {"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": "2026-11-01T10:00:05Z"}
        for kind in ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    ]
    return {
        "phase": "Running",
        "podIP": "10.0.0.9",
        "hostIP": "192.168.0.4",
        "startTime": "2026-11-01T10:00:00Z",
        "conditions": conditions,
        "containerStatuses": statuses,
    }
