"""What a container gets from ConfigMaps, Secrets and volumes, and what is said when something of it is missing."""

import base64
from collections.abc import Iterator

from playground.cluster.kobject import Object
from playground.cluster.nodes.shell import Machine
from playground.cluster.resources import CONFIGMAPS, PVCS, SECRETS, Resource
from playground.cluster.state import ClusterState

_SHARED = {"persistentVolumeClaim", "hostPath"}
"""Volumes that lie on CephFS in the practice platform."""


def configuration_error(state: ClusterState, pod: Object, container: Object) -> str:
    """Return why the environment cannot be made, in the kubelet's words; "" when it can."""
    namespace = pod["metadata"]["namespace"]
    for entry in container.get("env") or ():
        for source, resource, kind in _references(entry.get("valueFrom") or {}):
            if source.get("optional"):
                continue
            found = state.find(resource, namespace, source["name"])
            if found is None:
                return f'{kind} "{source["name"]}" not found'
            if source["key"] not in (found.get("data") or {}):
                told = kind.capitalize() if kind == "secret" else "ConfigMap"
                return f"couldn't find key {source['key']} in {told} {namespace}/{source['name']}"
    for entry in container.get("envFrom") or ():
        for name, resource, kind in (("configMapRef", CONFIGMAPS, "configmap"), ("secretRef", SECRETS, "secret")):
            source = entry.get(name)
            if source and not source.get("optional") and state.find(resource, namespace, source["name"]) is None:
                return f'{kind} "{source["name"]}" not found'
    return ""


def _references(value_from: Object) -> Iterator[tuple[Object, Resource, str]]:
    if "secretKeyRef" in value_from:
        yield value_from["secretKeyRef"], SECRETS, "secret"
    if "configMapKeyRef" in value_from:
        yield value_from["configMapKeyRef"], CONFIGMAPS, "configmap"


def missing_volume(state: ClusterState, pod: Object) -> str:
    """Return what keeps a volume from being mounted, in the words of the Event; "" when nothing does."""
    namespace = pod["metadata"]["namespace"]
    for volume in pod["spec"].get("volumes") or ():
        for source, resource, name_field in (("secret", SECRETS, "secretName"), ("configMap", CONFIGMAPS, "name")):
            wanted = volume.get(source)
            if wanted and not wanted.get("optional") and state.find(resource, namespace, wanted[name_field]) is None:
                kind = source.lower()
                return (
                    f'MountVolume.SetUp failed for volume "{volume["name"]}" : {kind} "{wanted[name_field]}" not found'
                )
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim and state.find(PVCS, namespace, claim) is None:
            return f'persistentvolumeclaim "{claim}" not found'
    return ""


def machine_of(state: ClusterState, pod: Object, container: Object, before: Machine | None) -> Machine:
    """Return what commands in the container see; of its life *before* only the volumes are left."""
    metadata = pod["metadata"]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOSTNAME": metadata["name"], "HOME": "/root"}
    for entry in container.get("envFrom") or ():
        environment |= _all_values(state, metadata["namespace"], entry)
    for entry in container.get("env") or ():
        environment[entry["name"]] = entry.get("value") or _value(state, pod, entry.get("valueFrom") or {})
    mounts = {mount["mountPath"].rstrip("/") + "/": mount["name"] for mount in container.get("volumeMounts") or ()}
    shared = {each["name"] for each in pod["spec"].get("volumes") or () if _SHARED & each.keys()}
    at = [path.rstrip("/") for path, name in mounts.items() if name in shared]
    disks = (*Machine("").disks, *(("ceph-fuse", "104857600", "41943040", "62914560", "40%", path) for path in at))
    files = {"/etc/hostname": metadata["name"] + "\n"}
    if before is not None:
        files |= {path: text for path, text in before.files.items() if path.startswith(tuple(mounts))}
    return Machine(metadata["name"], environment, files, disks)


def _all_values(state: ClusterState, namespace: str, entry: Object) -> dict[str, str]:
    if "configMapRef" in entry:
        found = state.find(CONFIGMAPS, namespace, entry["configMapRef"]["name"])
        return dict((found or {}).get("data") or {})
    if "secretRef" in entry:
        found = state.find(SECRETS, namespace, entry["secretRef"]["name"])
        return {name: _decoded(value) for name, value in ((found or {}).get("data") or {}).items()}
    return {}


def _value(state: ClusterState, pod: Object, value_from: Object) -> str:
    namespace = pod["metadata"]["namespace"]
    if "secretKeyRef" in value_from:
        source = value_from["secretKeyRef"]
        return _decoded((state.find(SECRETS, namespace, source["name"]) or {}).get("data", {}).get(source["key"], ""))
    if "configMapKeyRef" in value_from:
        source = value_from["configMapKeyRef"]
        return str((state.find(CONFIGMAPS, namespace, source["name"]) or {}).get("data", {}).get(source["key"], ""))
    at = value_from.get("fieldRef", {}).get("fieldPath", "")
    return str(pod["metadata"].get(at.removeprefix("metadata."), "")) if at.startswith("metadata.") else ""


def _decoded(value: str) -> str:
    return base64.b64decode(value).decode(errors="replace")
