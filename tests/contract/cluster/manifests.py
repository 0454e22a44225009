"""Small objects to try things on; their image is one that kubelab has."""

from typing import Any

Object = dict[str, Any]
IMAGE = "kubelab/busybox:1"
FOREVER = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"]


def container(command: list[str] | None = None, name: str = "app", **more: Any) -> Object:
    return {"name": name, "image": IMAGE, "command": command or FOREVER, **more}


def pod(name: str, *containers: Object, labels: dict[str, str] | None = None, **spec: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels or {"app": name}},
        "spec": {"containers": list(containers) or [container()], "terminationGracePeriodSeconds": 5, **spec},
    }


def deployment(name: str, replicas: int = 1, *, template: Object | None = None, **spec: Any) -> Object:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": template or {"containers": [container()], "terminationGracePeriodSeconds": 5},
            },
            **spec,
        },
    }


def job(name: str, command: list[str], **spec: Any) -> Object:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [container(command)]}}, **spec},
    }


def config_map(name: str, labels: dict[str, str] | None = None, **data: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels or {}}, "data": data}
