"""One request to the API server, as a value: what is asked of which object, and how it is sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from multidict import CIMultiDict

from bot.errors import BadArguments
from bot.model.resources import Resource

NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
"""DNS-1123 subdomain: the name of most objects."""
NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
"""DNS-1123 label."""
FREE_NAME = re.compile(r"[A-Za-z0-9:._@-]{1,253}")
"""Names of RBAC objects are only "path segments": `system:node`."""
PATH = re.compile(r"(/[A-Za-z0-9:._-]+)+/?")
READING = frozenset(("get", "list", "watch", "review"))
"""Verbs that change nothing; a review is a POST that only asks."""
FREELY_NAMED_GROUP = "rbac.authorization.k8s.io"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What goes over the wire, and whom it is about, for the words of an error."""

    method: str = "GET"
    path: str
    verb: str = "get"
    """As RBAC calls it."""
    resource: Resource | None = None
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    query: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    headers: CIMultiDict[str] = field(default_factory=CIMultiDict)
    """May carry one name several times: Impersonate-Group."""
    body: bytes | None = None
    content_type: str = "application/json"

    def asking(self, **query: str | tuple[str, ...]) -> "Request":
        """Give the request with more query parameters; empty ones are left out."""
        return replace(self, query={**self.query, **{key: value for key, value in query.items() if value}})

    def watching(self, **query: str | tuple[str, ...]) -> "Request":
        """Give the request to watch what this one lists."""
        return replace(self.asking(**query), verb="watch")

    @property
    def writes(self) -> bool:
        """Whether this may change something."""
        return self.verb not in READING and "dryRun" not in self.query

    @property
    def target(self) -> str:
        """The object in words: `deployment/worker -n shop`, `pods -n shop`, `/version`."""
        if self.resource is None:
            return self.path
        return self.aimed_at(self.name)

    def aimed_at(self, name: str) -> str:
        """The object *name* of the same kind and place in words."""
        if self.resource is None:
            return name
        named = f"{self.resource.singular}/{name}" if name else self.resource.plural
        return f"{named} -n {self.namespace}" if self.namespace else named


def request_for(
    verb: str, resource: Resource, namespace: str = "", name: str = "", *, subresource: str = "", method: str = "GET"
) -> Request:
    """Aim at a collection, an object or a subresource. Raises BadArguments when a name could not be one.

    Everything that becomes part of a path is checked here, so that no name can reach another path.
    """
    if namespace and not NAMESPACE.fullmatch(namespace):
        raise BadArguments(f"{_quoted(namespace)} cannot be the name of a namespace.")
    pattern = FREE_NAME if resource.group == FREELY_NAMED_GROUP else NAME
    if name and (not pattern.fullmatch(name) or name in {".", ".."}):
        raise BadArguments(f"{_quoted(name)} cannot be the name of a {resource.singular}.")
    if name and resource.namespaced and not namespace:
        raise BadArguments(f"{resource.singular}/{name} needs a namespace.")
    namespace = namespace if resource.namespaced else ""
    path = resource.path(namespace, name, subresource)
    return Request(
        method=method, path=path, verb=verb, resource=resource, namespace=namespace, name=name, subresource=subresource
    )


def request_of_path(path: str, query: Mapping[str, str] | None = None) -> Request:
    """Aim at a path as it stands. Raises BadArguments when it is not a plain one."""
    if not PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise BadArguments(f"{_quoted(path)} is not a path of the API.")
    return Request(path=path, query=dict(query or {}))


def _quoted(text: str) -> str:
    shown = "".join(sign if sign.isprintable() else "�" for sign in text[:63])
    return f'"{shown}"' if len(text) <= len(shown) else f'"{shown}…"'
