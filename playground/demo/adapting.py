"""The practice platform for somebody's own cluster: the same objects, with containers that run on any node.

Images of the practice platform are in no registry, and its data is on no disk: every container becomes a busybox that
waits, of a version that stands for the image's. What only a practice cluster has (nodes, volumes, CRDs) is left out.
"""

import copy
from collections.abc import Iterator
from typing import Any

from playground.cluster.world.loader import platform
from playground.demo.rights import bot_rights

Json = dict[str, Any]

LABEL = "practice.chatops.saas.io/demo"
"""On everything that the demo makes; what lacks it is not touched."""

NAMESPACE_NAMES = frozenset({"saasodoo", "saas-bot"})

LEFT_OUT = frozenset(
    {"Node", "StorageClass", "PersistentVolume", "PersistentVolumeClaim", "CustomResourceDefinition", "IngressRoute"}
)

WAITING = ["sh", "-c", "trap 'exit 0' TERM; echo ready; while :; do sleep 3600 & wait $!; done"]
"""Ends when it is told to, so that a pod does not take its 30 s of grace."""

IMAGES = ("busybox:1.36", "busybox:1.37")
"""What stands for the versions of an image, in turn: enough to see a rollout and to roll it back."""

HISTORY = "practice.chatops.saas.io/history"
CAUSE = "kubernetes.io/change-cause"


def manifests() -> list[Json]:
    """Everything to apply, in order."""
    return [adapted(one) for one in [*platform(), *bot_rights()] if _belongs(one)]


def _belongs(manifest: Json) -> bool:
    metadata = manifest["metadata"]
    if manifest["kind"] == "Namespace":
        return metadata["name"] in NAMESPACE_NAMES
    return manifest["kind"] not in LEFT_OUT and metadata.get("namespace", "saasodoo") in NAMESPACE_NAMES


def adapted(manifest: Json) -> Json:
    """The manifest with our label, and with containers that run anywhere."""
    made = copy.deepcopy(manifest)
    made.pop("status", None)
    made["metadata"]["labels"] = {**made["metadata"].get("labels", {}), LABEL: "true"}
    for spec in _pod_specs(made):
        _run_anywhere(spec, IMAGES[-1])
    return made


def past(manifest: Json) -> Iterator[Json]:
    """Earlier states of a workload, the oldest first, so that there is something to roll back to."""
    lines = manifest["metadata"].get("annotations", {}).get(HISTORY, "").strip().splitlines()
    for place, line in enumerate(lines):
        _ago, _image, cause = line.split(" ", 2)
        earlier = copy.deepcopy(manifest)
        earlier["metadata"]["annotations"][CAUSE] = cause
        for spec in _pod_specs(earlier):
            _run_anywhere(spec, IMAGES[(len(lines) - place) % len(IMAGES) - 1])
        yield earlier


def _pod_specs(manifest: Json) -> Iterator[Json]:
    match manifest:
        case {"spec": {"jobTemplate": {"spec": {"template": {"spec": dict(spec)}}}}}:
            yield spec
        case {"spec": {"template": {"spec": dict(spec)}}}:
            yield spec


def _run_anywhere(spec: Json, image: str) -> None:
    spec.pop("volumes", None)
    spec.pop("initContainers", None)
    spec["containers"] = [
        {
            "name": container["name"],
            "image": image,
            "command": container.get("command") or WAITING,
            "resources": {"requests": {"cpu": "5m", "memory": "8Mi"}, "limits": {"cpu": "100m", "memory": "32Mi"}},
        }
        for container in spec["containers"]
    ]
