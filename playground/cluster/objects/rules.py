"""The rules beyond types that a real API server holds manifests to: names, ranges, selectors, what may not change."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from playground.cluster.errors import Cause
from playground.cluster.kobject import Object, labels_of
from playground.cluster.resources import Resource
from playground.cluster.selectors import selects

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_LABEL_NAMED = {"Namespace", "Service"}
_PATH_NAMED = {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}
_SUBDOMAIN_SAYS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_SAYS = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_LABEL_VALUE_SAYS = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
Rule = Callable[[Object], Iterator[Cause]]


def wrong(field: str, value: Any, says: str) -> Cause:
    shown = orjson.dumps(value).decode() if not isinstance(value, (dict, list)) else _go(value)
    return Cause("FieldValueInvalid", f"Invalid value: {shown}: {says}", field)


def _go(value: Any) -> str:
    return orjson.dumps(value).decode()


def required(field: str, says: str = "") -> Cause:
    return Cause("FieldValueRequired", f"Required value{': ' if says else ''}{says}", field)


def violations(resource: Resource, obj: Object) -> list[Cause]:
    """Return what is wrong with an object, whatever was stored before."""
    causes = [*_names(resource, obj), *_labels(labels_of(obj), "metadata.labels")]
    rule = _RULES.get(resource.kind)
    return [*causes, *rule(obj)] if rule is not None else causes


def at(obj: Object, path: str) -> Any:
    """Return the value at a dotted path, None where something is missing."""
    value: Any = obj
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _names(resource: Resource, obj: Object) -> Iterator[Cause]:
    name = obj["metadata"].get("name", "")
    if not name:
        yield required("metadata.name", "name or generateName is required")
    elif resource.kind in _PATH_NAMED:
        if "/" in name or "%" in name or name in {".", ".."}:
            yield wrong("metadata.name", name, "may not contain '/'")
    elif resource.kind in _LABEL_NAMED:
        if not _LABEL.fullmatch(name) or len(name) > 63:
            yield wrong("metadata.name", name, _LABEL_SAYS if len(name) <= 63 else "must be no more than 63 characters")
    elif not _SUBDOMAIN.fullmatch(name) or len(name) > 253:
        yield wrong(
            "metadata.name", name, _SUBDOMAIN_SAYS if len(name) <= 253 else "must be no more than 253 characters"
        )


def _labels(labels: Object, path: str) -> Iterator[Cause]:
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key):
            yield wrong(path, key, "name part must consist of alphanumeric characters, '-', '_' or '.'")
        if not _LABEL_VALUE.fullmatch(value):
            yield wrong(path, value, _LABEL_VALUE_SAYS)
        elif len(value) > 63:
            yield wrong(path, value, "must be no more than 63 characters")


def _not_negative(obj: Object, *paths: str) -> Iterator[Cause]:
    for path in paths:
        value = at(obj, path)
        if isinstance(value, int) and value < 0:
            yield wrong(path, value, "must be greater than or equal to 0")


def _pod_spec(spec: Object, path: str) -> Iterator[Cause]:
    containers = spec.get("containers")
    if not containers:
        yield required(f"{path}.containers")
    names: set[str] = set()
    for group in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(group) or ()):
            at = f"{path}.{group}[{index}]"
            yield from _container(container, at)
            if container.get("name") in names:
                yield Cause("FieldValueDuplicate", f'Duplicate value: "{container["name"]}"', f"{at}.name")
            names.add(container.get("name", ""))


def _container(container: Object, path: str) -> Iterator[Cause]:
    name = container.get("name")
    if not name:
        yield required(f"{path}.name")
    elif not _LABEL.fullmatch(name):
        yield wrong(f"{path}.name", name, _LABEL_SAYS)
    if not container.get("image"):
        yield required(f"{path}.image")
    for index, port in enumerate(container.get("ports") or ()):
        if not 0 < port.get("containerPort", 0) < 65536:
            at = f"{path}.ports[{index}].containerPort"
            yield wrong(at, port.get("containerPort", 0), "must be between 1 and 65535, inclusive")


def _volume_mounts(spec: Object, path: str) -> Iterator[Cause]:
    volumes = {volume.get("name") for volume in spec.get("volumes") or ()}
    for index, container in enumerate(spec.get("containers") or ()):
        for place, mount in enumerate(container.get("volumeMounts") or ()):
            if mount.get("name") not in volumes:
                at = f"{path}.containers[{index}].volumeMounts[{place}].name"
                yield Cause("FieldValueNotFound", f'Not found: "{mount.get("name")}"', at)


def _pod(obj: Object) -> Iterator[Cause]:
    yield from _pod_spec(obj.get("spec") or {}, "spec")
    yield from _volume_mounts(obj.get("spec") or {}, "spec")


def _templated(obj: Object) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    yield from _not_negative(obj, "spec.replicas", "spec.minReadySeconds", "spec.revisionHistoryLimit")
    selector, template = spec.get("selector"), spec.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels") or {}
    if not selector or not (selector.get("matchLabels") or selector.get("matchExpressions")):
        yield (
            required("spec.selector")
            if not selector
            else wrong("spec.selector", selector, "empty selector is invalid for deployment")
        )
    elif not selects(selector, labels):
        yield wrong("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
    yield from _labels(labels, "spec.template.metadata.labels")
    yield from _pod_spec(template.get("spec") or {}, "spec.template.spec")
    if "volumeClaimTemplates" not in spec:  # those become volumes of the pods
        yield from _volume_mounts(template.get("spec") or {}, "spec.template.spec")
    policy = (template.get("spec") or {}).get("restartPolicy")
    if policy not in {None, "Always"}:
        yield Cause(
            "FieldValueNotSupported",
            f'Unsupported value: "{policy}": supported values: "Always"',
            "spec.template.spec.restartPolicy",
        )


def _deployment(obj: Object) -> Iterator[Cause]:
    yield from _templated(obj)
    strategy = (obj.get("spec") or {}).get("strategy") or {}
    if strategy.get("type") == "Recreate" and strategy.get("rollingUpdate") is not None:
        yield Cause(
            "FieldValueForbidden",
            "Forbidden: may not be specified when strategy `type` is 'Recreate'",
            "spec.strategy.rollingUpdate",
        )
    if strategy.get("type") not in {None, "Recreate", "RollingUpdate"}:
        yield Cause(
            "FieldValueNotSupported",
            f'Unsupported value: "{strategy["type"]}": supported values: "Recreate", "RollingUpdate"',
            "spec.strategy",
        )


def _job(obj: Object) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    yield from _not_negative(
        obj,
        "spec.parallelism",
        "spec.completions",
        "spec.backoffLimit",
        "spec.activeDeadlineSeconds",
        "spec.ttlSecondsAfterFinished",
    )
    template = spec.get("template") or {}
    yield from _pod_spec(template.get("spec") or {}, "spec.template.spec")
    if "volumeClaimTemplates" not in spec:  # those become volumes of the pods
        yield from _volume_mounts(template.get("spec") or {}, "spec.template.spec")
    policy = (template.get("spec") or {}).get("restartPolicy")
    if policy not in {"Never", "OnFailure"}:
        told = (
            f'Unsupported value: "{policy}": supported values: "OnFailure", "Never"'
            if policy != "Always"
            else ('Required value: valid values: "OnFailure", "Never"')
        )
        yield Cause(
            "FieldValueNotSupported" if policy != "Always" else "FieldValueRequired",
            told,
            "spec.template.spec.restartPolicy",
        )


def _autoscaler(obj: Object) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    lowest, highest = spec.get("minReplicas", 1), spec.get("maxReplicas", 0)
    if highest < 1:
        yield wrong("spec.maxReplicas", highest, "must be greater than 0")
    elif highest < lowest:
        yield wrong("spec.maxReplicas", highest, "must be greater than or equal to `minReplicas`")


def _service(obj: Object) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    if not spec.get("ports") and spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName":
        yield required("spec.ports")
    for index, port in enumerate(spec.get("ports") or ()):
        if not 0 < port.get("port", 0) < 65536:
            yield wrong(f"spec.ports[{index}].port", port.get("port", 0), "must be between 1 and 65535, inclusive")
        if len(spec["ports"]) > 1 and not port.get("name"):
            yield required(f"spec.ports[{index}].name")


def _keyed(obj: Object) -> Iterator[Cause]:
    for key in {**(obj.get("data") or {})}:
        if not re.fullmatch(r"[-._a-zA-Z0-9]+", key):
            yield wrong(
                f"data[{key}]",
                key,
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
            )


def _budget(obj: Object) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        yield wrong("spec", spec, "minAvailable and maxUnavailable cannot be both set")


_RULES: dict[str, Rule] = {
    "Pod": _pod,
    "Deployment": _deployment,
    "ReplicaSet": _templated,
    "StatefulSet": _templated,
    "DaemonSet": _templated,
    "Job": _job,
    "HorizontalPodAutoscaler": _autoscaler,
    "Service": _service,
    "ConfigMap": _keyed,
    "Secret": _keyed,
    "PodDisruptionBudget": _budget,
}
