"""What may not change once an object is stored."""

from collections.abc import Callable, Iterator

from playground.cluster.errors import Cause
from playground.cluster.kobject import Object
from playground.cluster.objects.rules import at, wrong
from playground.cluster.resources import Resource


def forbidden_changes(resource: Resource, new: Object, old: Object) -> list[Cause]:
    """Return the changes that the kind does not allow."""
    causes = []
    for path in _IMMUTABLE.get(resource.kind, ()):
        before, after = at(old, path), at(new, path)
        if before != after:
            causes.append(wrong(path, after, "field is immutable"))
    rule = _CHANGE_RULES.get(resource.kind)
    return [*causes, *rule(new, old)] if rule is not None else causes


def _pod_changes(new: Object, old: Object) -> Iterator[Cause]:
    """Allow of a pod's spec only images, the deadline, added tolerations and the first node."""
    fixed_new, fixed_old = _fixed_pod_spec(new), _fixed_pod_spec(old)
    if not old["spec"].get("nodeName"):
        fixed_new.pop("nodeName", None)
    if fixed_new != fixed_old:
        yield Cause(
            "FieldValueForbidden",
            "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
            "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
            "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
            "previously negative)",
            "spec",
        )


def _fixed_pod_spec(obj: Object) -> Object:
    spec = {**obj["spec"]}
    for name in ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "ephemeralContainers"):
        spec.pop(name, None)
    for group in ("containers", "initContainers"):
        spec[group] = [{**container, "image": ""} for container in spec.get(group) or ()]
    return spec


def _stateful_set_changes(new: Object, old: Object) -> Iterator[Cause]:
    mutable = {
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "minReadySeconds",
        "persistentVolumeClaimRetentionPolicy",
    }
    kept_new = {name: value for name, value in new["spec"].items() if name not in mutable}
    kept_old = {name: value for name, value in old["spec"].items() if name not in mutable}
    if kept_new != kept_old:
        yield Cause(
            "FieldValueForbidden",
            "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
            "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' "
            "are forbidden",
            "spec",
        )


def _kept_data(new: Object, old: Object) -> Iterator[Cause]:
    if old.get("immutable") and new.get("data") != old.get("data"):
        yield Cause("FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set", "data")


_IMMUTABLE = {
    "Deployment": ("spec.selector",),
    "ReplicaSet": ("spec.selector",),
    "DaemonSet": ("spec.selector",),
    "Job": ("spec.selector", "spec.template", "spec.completionMode"),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "Secret": ("type",),
    "StorageClass": ("provisioner", "parameters", "reclaimPolicy"),
}
_CHANGE_RULES: dict[str, Callable[[Object, Object], Iterator[Cause]]] = {
    "Pod": _pod_changes,
    "StatefulSet": _stateful_set_changes,
    "ConfigMap": _kept_data,
    "Secret": _kept_data,
}
