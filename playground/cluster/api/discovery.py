"""Discovery: /api, /apis and each group version, plain and aggregated."""

from aiohttp import web

from playground.cluster.api.respond import json_response
from playground.cluster.errors import no_such_path
from playground.cluster.kobject import Object
from playground.cluster.resources import PODS, Catalogue, Resource

AGGREGATED = "g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
GIT_VERSION, MINOR = "v1.34.4+practice", "34"
_SUBRESOURCE_KINDS = {
    "scale": ("autoscaling", "v1", "Scale", ("get", "patch", "update")),
    "eviction": ("policy", "v1", "Eviction", ("create",)),
    "token": ("authentication.k8s.io", "v1", "TokenRequest", ("create",)),
    "log": ("", "", "Pod", ("get",)),
    "exec": ("", "v1", "PodExecOptions", ("create", "get")),
}


def version() -> Object:
    return {
        "major": "1", "minor": MINOR, "gitVersion": GIT_VERSION, "gitCommit": "practice", "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z", "goVersion": "none", "compiler": "none", "platform": "practice/any",
    }  # fmt: skip


class Discovery:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def answer(self, request: web.Request) -> web.Response:
        """Serve a path under /api or /apis that names no resource (raises 404)."""
        parts = [part for part in request.path.split("/") if part]
        aggregated = AGGREGATED in request.headers.get("Accept", "").replace(" ", "")
        match parts:
            case ["api"] if aggregated:
                return self._aggregated([""])
            case ["apis"] if aggregated:
                return self._aggregated([group for group in self._catalogue.groups() if group])
            case ["api"]:
                address = [{"clientCIDR": "0.0.0.0/0", "serverAddress": request.host}]
                versions: Object = {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": address}
                return json_response(versions)
            case ["apis"]:
                groups = [_group(name, versions) for name, versions in self._catalogue.groups().items() if name]
                return json_response({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
            case ["apis", group] if group in self._catalogue.groups():
                body = _group(group, self._catalogue.groups()[group])
                return json_response({"kind": "APIGroup", "apiVersion": "v1", **body})
            case ["api", "v1"]:
                return self._resources("", "v1")
            case ["apis", group, found] if found in self._catalogue.groups().get(group, ()):
                return self._resources(group, found)
        raise no_such_path()

    def _resources(self, group: str, version_: str) -> web.Response:
        listed: list[Object] = []
        for resource in self._of(group, version_):
            listed.append(_resource(resource))
            listed += [_subresource(resource, name) for name in resource.subresources]
        body = {"kind": "APIResourceList", "apiVersion": "v1", "resources": listed}
        return json_response({**body, "groupVersion": f"{group}/{version_}" if group else version_})

    def _of(self, group: str, version_: str) -> list[Resource]:
        return [resource for resource in self._catalogue if (resource.group, resource.version) == (group, version_)]

    def _aggregated(self, groups: list[str]) -> web.Response:
        items = [
            {
                "metadata": {"name": group} if group else {},
                "versions": [
                    {"version": version_, "resources": [_aggregated(each) for each in self._of(group, version_)],
                     "freshness": "Current"}
                    for version_ in self._catalogue.groups()[group]
                ],
            }
            for group in groups
        ]  # fmt: skip
        body = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}
        response = json_response(body)
        response.headers["Content-Type"] = f"application/json;{AGGREGATED}"
        return response


def _group(name: str, versions: list[str]) -> Object:
    listed = [{"groupVersion": f"{name}/{version_}", "version": version_} for version_ in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _resource(resource: Resource) -> Object:
    listed: Object = {
        "name": resource.plural, "singularName": resource.singular, "namespaced": resource.namespaced,
        "kind": resource.kind, "verbs": list(resource.verbs),
    }  # fmt: skip
    if resource.short_names:
        listed["shortNames"] = list(resource.short_names)
    if resource.categories:
        listed["categories"] = list(resource.categories)
    return listed


def _subresource(resource: Resource, name: str) -> Object:
    group, version_, kind, verbs = _kind_of(resource, name)
    listed: Object = {
        "name": f"{resource.plural}/{name}", "singularName": "", "namespaced": resource.namespaced, "kind": kind,
        "verbs": list(verbs),
    }  # fmt: skip
    if group:
        listed |= {"group": group, "version": version_}
    return listed


def _kind_of(resource: Resource, name: str) -> tuple[str, str, str, tuple[str, ...]]:
    if name == "proxy":
        kind = "PodProxyOptions" if resource is PODS else f"{resource.kind}ProxyOptions"
        return "", "", kind, ("create", "delete", "get", "patch", "update")
    return _SUBRESOURCE_KINDS.get(name, ("", "", resource.kind, ("get", "patch", "update")))


def _aggregated(resource: Resource) -> Object:
    listed: Object = {
        "resource": resource.plural,
        "responseKind": {"group": resource.group, "version": resource.version, "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular, "verbs": list(resource.verbs),
    }  # fmt: skip
    if resource.short_names:
        listed["shortNames"] = list(resource.short_names)
    if resource.categories:
        listed["categories"] = list(resource.categories)
    if resource.subresources:
        listed["subresources"] = [_aggregated_subresource(resource, name) for name in resource.subresources]
    return listed


def _aggregated_subresource(resource: Resource, name: str) -> Object:
    group, version_, kind, verbs = _kind_of(resource, name)
    return {
        "subresource": name, "verbs": list(verbs),
        "responseKind": {"group": group or resource.group, "version": version_ or resource.version, "kind": kind},
    }  # fmt: skip
