"""What admission adds to every pod: the volume with its service account's token."""

from playground.cluster.kobject import Object
from playground.cluster.objects.lifecycle import Ids

MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
_SOURCES = [
    {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
    {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    {
        "downwardAPI": {
            "items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]
        }
    },
]


def mount_token(pod: Object, ids: Ids) -> None:
    """Give each container the token, unless the pod declines it or has its own place for it."""
    spec = pod.get("spec") or {}
    if spec.get("automountServiceAccountToken") is False or not spec.get("containers"):
        return
    name = f"kube-api-access-{ids.suffix()}"
    for container in [*(spec.get("initContainers") or ()), *spec["containers"]]:
        mounts = container.setdefault("volumeMounts", [])
        if not any(mount.get("mountPath") == MOUNT_PATH for mount in mounts):
            mounts.append({"name": name, "readOnly": True, "mountPath": MOUNT_PATH})
    volume = {"name": name, "projected": {"defaultMode": 420, "sources": _SOURCES}}
    spec["volumes"] = [*(spec.get("volumes") or ()), volume]
