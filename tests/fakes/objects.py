"""API objects as JSON, with the few fields that a test speaks of."""

from datetime import UTC, datetime, timedelta

from bot.model.plan import Json

NOW = datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
NAMESPACE = "saasodoo"


def ago(**elapsed: float) -> str:
    """A moment before NOW, as the API writes it."""
    return (NOW - timedelta(**elapsed)).strftime("%Y-%m-%dT%H:%M:%SZ")


def meta(name: str, **more: Json) -> dict[str, Json]:
    """Metadata with a name."""
    return {"name": name, "namespace": NAMESPACE, "uid": f"uid-{name}", "creationTimestamp": ago(days=5), **more}


def template(name: str, image: str, **annotations: str) -> dict[str, Json]:
    """A pod template with one container."""
    resources = {"requests": {"cpu": "250m", "memory": "256Mi"}}
    return {
        "metadata": {"labels": {"app": name}, "annotations": annotations},
        "spec": {"containers": [{"name": name, "image": image, "resources": resources}]},
    }


def deployment(
    name: str, *, replicas: int = 4, ready: int | None = None, image: str = "registry/app:1.8.2", **more: Json
) -> dict[str, Json]:
    """A deployment at revision 12 whose rollout is complete; *more* overrides parts of spec and status."""
    have = replicas if ready is None else ready
    return {
        "kind": "Deployment",
        "metadata": meta(name, generation=3, annotations={"deployment.kubernetes.io/revision": "12"}),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": template(name, image),
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            **more.get("spec", {}),
        },
        "status": {
            "observedGeneration": 3,
            "replicas": replicas,
            "updatedReplicas": replicas,
            "readyReplicas": have,
            "availableReplicas": have,
            **more.get("status", {}),
        },
    }


def replica_set(owner: str, revision: int, *, image: str = "registry/app:1.8.2", replicas: int = 0) -> dict[str, Json]:
    """One revision of a deployment."""
    name, hashed = f"{owner}-r{revision}", f"r{revision}"
    made = template(owner, image)
    made["metadata"]["labels"]["pod-template-hash"] = hashed
    return {
        "kind": "ReplicaSet",
        "metadata": meta(
            name,
            labels={"app": owner, "pod-template-hash": hashed},
            annotations={"deployment.kubernetes.io/revision": str(revision)},
            ownerReferences=[{"kind": "Deployment", "name": owner, "uid": f"uid-{owner}", "controller": True}],
        ),
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": owner}}, "template": made},
        "status": {"replicas": replicas, "readyReplicas": replicas},
    }


def pod(name: str, *, owner: str = "", app: str = "", ready: bool = True, **status: Json) -> dict[str, Json]:
    """A running pod with one container; *owner* is its ReplicaSet's name."""
    running = {"name": "app", "ready": ready, "restartCount": 0, "state": {"running": {"startedAt": ago(hours=1)}}}
    labels = {"app": app, "pod-template-hash": owner.rpartition("-")[2]} if owner else {"app": app}
    owners = [{"kind": "ReplicaSet", "name": owner, "uid": f"uid-{owner}", "controller": True}] if owner else []
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": ago(hours=1, seconds=-40)}
    return {
        "kind": "Pod",
        "metadata": meta(name, creationTimestamp=ago(hours=1), labels=labels, ownerReferences=owners),
        "spec": {"containers": [{"name": "app", "image": "registry/app:1.8.2"}], "nodeName": "node-1"},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Initialized", "status": "True"}, condition],
            "containerStatuses": [running],
            **status,
        },
    }


def waiting(
    reason: str, message: str = "", *, restarts: int = 0, last: dict[str, Json] | None = None
) -> dict[str, Json]:
    """Status of a container that waits."""
    state = {"waiting": {"reason": reason, "message": message}}
    return {
        "name": "app",
        "ready": False,
        "restartCount": restarts,
        "state": state,
        "lastState": {"terminated": last} if last else {},
    }


def node(name: str, *, ready: str = "True", cpu: str = "2", memory: str = "4Gi") -> dict[str, Json]:
    """A node."""
    return {
        "kind": "Node",
        "metadata": {"name": name, "creationTimestamp": ago(days=30), "labels": {"node-role.kubernetes.io/worker": ""}},
        "spec": {},
        "status": {
            "allocatable": {"cpu": cpu, "memory": memory, "pods": "110"},
            "capacity": {"cpu": cpu, "memory": memory, "pods": "110"},
            "conditions": [{"type": "Ready", "status": ready}],
            "nodeInfo": {"kubeletVersion": "v1.34.4"},
        },
    }


def event(reason: str, message: str, *, about: tuple[str, str], kind: str = "Warning") -> dict[str, Json]:
    """An event of five minutes ago."""
    return {
        "kind": "Event",
        "metadata": meta(f"{about[1]}.{reason}"),
        "involvedObject": {"kind": about[0], "name": about[1], "namespace": NAMESPACE},
        "type": kind,
        "reason": reason,
        "message": message,
        "count": 4,
        "firstTimestamp": ago(minutes=20),
        "lastTimestamp": ago(minutes=5),
    }
