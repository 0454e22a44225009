"""Just enough OpenAPI v3 that kubectl lets the server validate: which kinds take fieldValidation on PATCH."""

from playground.cluster.errors import no_such_path
from playground.cluster.kobject import Object
from playground.cluster.resources import COMPUTED, Catalogue, Resource

_PARAMETERS = [
    {"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": True}}
    for name in ("dryRun", "fieldManager", "fieldValidation", "force")
]


def index(catalogue: Catalogue) -> Object:
    paths = {}
    for group, versions in catalogue.groups().items():
        for version in versions:
            path = f"apis/{group}/{version}" if group else f"api/{version}"
            paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash=practice"}
    return {"paths": paths}


def document(catalogue: Catalogue, path: str) -> Object:
    """Describe one group version (raises 404)."""
    match [part for part in path.split("/") if part]:
        case ["api", version]:
            group = ""
        case ["apis", group, version]:
            pass
        case _:
            raise no_such_path()
    paths: Object = {}
    for resource in catalogue:
        if (resource.group, resource.version) == (group, version) and resource not in COMPUTED:
            paths[_path(resource)] = {"patch": _operation(resource, "patch"), "parameters": []}
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "practice"},
        "paths": paths,
        "components": {},
    }


def _path(resource: Resource) -> str:
    root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
    within = "/namespaces/{namespace}" if resource.namespaced else ""
    return f"{root}{within}/{resource.plural}/{{name}}"


def _operation(resource: Resource, action: str) -> Object:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    return {
        "operationId": f"{action}{resource.kind}",
        "parameters": _PARAMETERS,
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": kind,
    }
