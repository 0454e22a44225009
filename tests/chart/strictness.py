"""Fields of a manifest that an API server would refuse, by kubernetes_asyncio's models: unknown, missing, mistyped."""

import re
from collections.abc import Iterator
from typing import Any

from kubernetes_asyncio.client import models

KINDS = {
    "v1/ConfigMap": models.V1ConfigMap,
    "v1/Service": models.V1Service,
    "v1/ServiceAccount": models.V1ServiceAccount,
    "apps/v1/Deployment": models.V1Deployment,
    "networking.k8s.io/v1/Ingress": models.V1Ingress,
    "networking.k8s.io/v1/NetworkPolicy": models.V1NetworkPolicy,
    "policy/v1/PodDisruptionBudget": models.V1PodDisruptionBudget,
    "rbac.authorization.k8s.io/v1/ClusterRole": models.V1ClusterRole,
    "rbac.authorization.k8s.io/v1/ClusterRoleBinding": models.V1ClusterRoleBinding,
    "rbac.authorization.k8s.io/v1/Role": models.V1Role,
    "rbac.authorization.k8s.io/v1/RoleBinding": models.V1RoleBinding,
}
UNKNOWN_HERE = {"monitoring.coreos.com/v1/PodMonitor"}
"""Not Kubernetes' own; its operator checks it."""

PLAIN = {"str": str, "int": int, "bool": bool, "object": object}


def faults(manifest: dict[str, Any]) -> list[str]:
    """Every fault with its place; a kind that is not known is one."""
    kind = f"{manifest['apiVersion']}/{manifest['kind']}"
    if kind in UNKNOWN_HERE:
        return []
    return list(_of_model(manifest, KINDS[kind], kind)) if kind in KINDS else [f"{kind} is not known"]


def _of_model(value: Any, model: Any, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no mapping"
        return
    fields = {name: model.openapi_types[field] for field, name in model.attribute_map.items()}
    for name, inner in value.items():
        if name not in fields:
            yield f"{place}.{name} is unknown"
        else:
            yield from _of_type(inner, fields[name], f"{place}.{name}")
    yield from _missing(value, model, place)


def _missing(value: dict[str, Any], model: Any, place: str) -> Iterator[str]:
    """The generated constructors refuse None for what is required, one field at a time."""
    given = {field: value.get(name) for field, name in model.attribute_map.items()}
    try:
        model(**given)
    except ValueError as error:
        yield f"{place}: {error}"


def _of_type(value: Any, wanted: str, place: str) -> Iterator[str]:
    if found := re.fullmatch(r"list\[(.+)\]", wanted):
        for index, one in enumerate(value) if isinstance(value, list) else ():
            yield from _of_type(one, found[1], f"{place}[{index}]")
        if not isinstance(value, list):
            yield f"{place} is no list"
    elif found := re.fullmatch(r"dict\(str, (.+)\)|dict\[str, (.+)\]", wanted):
        for key, one in value.items() if isinstance(value, dict) else ():
            yield from _of_type(one, found[1] or found[2], f"{place}.{key}")
        if not isinstance(value, dict):
            yield f"{place} is no mapping"
    elif wanted in PLAIN:
        if not isinstance(value, PLAIN[wanted]) or (wanted == "int" and isinstance(value, bool)):
            yield f"{place} is no {wanted}"
    elif hasattr(models, wanted):
        yield from _of_model(value, getattr(models, wanted), place)
