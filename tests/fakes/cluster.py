"""A cluster of plain API objects: reads decode them, writes keep resourceVersions and refuse stale ones."""

import copy
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from bot.errors import BotError, Conflict, NotFound
from bot.k8s.kinds import RESOURCE_OF
from bot.model.actor import Subject
from bot.model.kube.authorship import Authorship
from bot.model.kube.meta import KubeStruct
from bot.model.plan import Json
from bot.model.refs import ObjectRef
from bot.model.resources import BY_NAME, Resource
from bot.ports import Permission

K = TypeVar("K", bound=KubeStruct)
Key = tuple[str, str, str]


@dataclass
class FakeCluster:
    """Holds objects as the API's JSON and records writes with their audit id."""

    name: str = "main"
    objects: dict[Key, dict[str, Json]] = field(default_factory=lambda: {("namespaces", "", "saasodoo"): _namespace()})
    writes: list[tuple[str, str, Mapping[str, Json], str]] = field(default_factory=list)
    refusing: dict[str, BotError] = field(default_factory=dict)
    """Plural of a kind → what reading it raises."""
    ticks: int = 1
    """How often a list is said to have changed."""
    refusing_new: dict[str, BotError] = field(default_factory=dict)
    """Plural of a kind → what creating one raises."""
    refusing_deletion: dict[str, BotError] = field(default_factory=dict)
    """Plural of a kind → what deleting one raises."""

    def add(self, *items: dict[str, Json]) -> "FakeCluster":
        """Put objects in as they are."""
        for item in items:
            meta = item["metadata"]
            meta.setdefault("resourceVersion", "1")
            meta.setdefault("uid", f"uid-{meta['name']}")
            kind = item["kind"].lower()
            plural = BY_NAME[kind].plural if kind in BY_NAME else kind
            self.objects[(plural, meta.get("namespace", ""), meta["name"])] = item
        return self

    async def get(self, kind: type[K], name: str, namespace: str = "") -> K:
        return msgspec.convert(await self.get_object(_resource(kind), name, namespace), kind)

    async def list(
        self, kind: type[K], namespace: str = "", *, selector: str = "", fields: str = "", limit: int = 0
    ) -> Sequence[K]:
        found = await self.list_objects(_resource(kind), namespace, selector=selector, fields=fields, limit=limit)
        return [msgspec.convert(item, kind) for item in found]

    async def get_object(self, resource: Resource, name: str, namespace: str = "") -> dict[str, Json]:
        self._refuse(_plural(resource))
        try:
            return copy.deepcopy(self.objects[(_plural(resource), namespace if resource.namespaced else "", name)])
        except KeyError:
            raise NotFound(f"No {resource.singular} {name}.") from None

    async def list_objects(
        self, resource: Resource, namespace: str = "", *, selector: str = "", fields: str = "", limit: int = 0
    ) -> Sequence[dict[str, Json]]:
        self._refuse(_plural(resource))
        found = [
            copy.deepcopy(item)
            for (plural, home, _), item in sorted(self.objects.items())
            if plural == _plural(resource)
            and namespace in ("", home)
            and _has_labels(item, selector)
            and _has_fields(item, fields)
        ]
        return found[:limit] if limit else found

    async def authorship(self, resource: Resource, name: str, namespace: str = "") -> Authorship:
        return msgspec.convert(await self.get_object(resource, name, namespace), Authorship)

    async def get_path(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Json]:
        if path == "/version":
            return {"gitVersion": "v1.34.4"}
        raise NotFound(f"No {path}.")

    async def changes(self, refs: Sequence[ObjectRef]) -> AsyncGenerator[None, None]:
        yield None

    async def list_changes(
        self, resource: Resource, namespace: str = "", *, selector: str = "", fields: str = ""
    ) -> AsyncGenerator[None, None]:
        for _ in range(self.ticks):
            yield None

    async def may(
        self, subject: Subject, verb: str, resource: str, *, group: str = "", namespace: str = "", name: str = ""
    ) -> Permission:
        return Permission(allowed=True)

    async def merge_patch(
        self,
        ref: ObjectRef,
        body: Mapping[str, Json],
        *,
        audit_id: str = "",
        subresource: str = "",
        dry_run: bool = False,
    ) -> dict[str, Json]:
        return self._patch("merge", ref, body, audit_id)

    async def strategic_patch(
        self, ref: ObjectRef, body: Mapping[str, Json], *, audit_id: str = "", dry_run: bool = False
    ) -> dict[str, Json]:
        return self._patch("strategic", ref, body, audit_id)

    async def json_patch(
        self, ref: ObjectRef, operations: Sequence[Mapping[str, Json]], *, audit_id: str = "", dry_run: bool = False
    ) -> dict[str, Json]:
        raise NotImplementedError

    async def create(
        self,
        resource: Resource,
        body: Mapping[str, Json],
        *,
        namespace: str = "",
        audit_id: str = "",
        dry_run: bool = False,
    ) -> dict[str, Json]:
        if resource.plural in self.refusing_new:
            raise self.refusing_new[resource.plural]
        made = copy.deepcopy(dict(body))
        made["metadata"]["namespace"] = namespace
        if (resource.plural, namespace, made["metadata"]["name"]) in self.objects:
            raise Conflict(f"{resource.singular}/{made['metadata']['name']} exists already. Nothing was created.")
        self.add(made)
        self.writes.append(("create", f"{resource.singular}/{made['metadata']['name']}", body, audit_id))
        return made

    async def delete(self, ref: ObjectRef, *, audit_id: str = "", propagation: str = "Background") -> None:
        key = (BY_NAME[ref.kind].plural, ref.namespace, ref.name)
        if key not in self.objects:
            raise NotFound(f"No {ref}.")
        if error := self.refusing_deletion.get(key[0]):
            raise error
        self.writes.append(("delete", str(ref), {}, audit_id))
        del self.objects[key]

    async def evict(self, ref: ObjectRef, *, audit_id: str = "", dry_run: bool = False) -> None:
        self.writes.append(("evict", str(ref), {}, audit_id))
        self.objects.pop(("pods", ref.namespace, ref.name))

    def _patch(self, how: str, ref: ObjectRef, body: Mapping[str, Json], audit_id: str) -> dict[str, Json]:
        now = self.objects[(BY_NAME[ref.kind].plural, ref.namespace, ref.name)]
        for field_name in ("uid", "resourceVersion"):
            if body["metadata"].get(field_name, now["metadata"][field_name]) != now["metadata"][field_name]:
                raise Conflict(f"{ref} has changed.")
        spec = copy.deepcopy(now["spec"])
        _merge(now, body)
        now["metadata"]["resourceVersion"] = str(int(now["metadata"]["resourceVersion"]) + 1)
        if now["spec"] != spec:
            now["metadata"]["generation"] = now["metadata"].get("generation", 0) + 1
        self.writes.append((how, str(ref), body, audit_id))
        return now

    def _refuse(self, plural: str) -> None:
        if plural in self.refusing:
            raise self.refusing[plural]


def _namespace() -> dict[str, Json]:
    """The one that exists from the start."""
    return {"kind": "Namespace", "metadata": {"name": "saasodoo", "uid": "uid-saasodoo", "resourceVersion": "1"}}


def _resource(kind: type[KubeStruct]) -> Resource:
    return RESOURCE_OF[kind]


def _plural(resource: Resource) -> str:
    return resource.kind.lower() if resource.group == "metrics.k8s.io" else resource.plural


def _merge(into: dict[str, Json], patch: Mapping[str, Json]) -> None:
    """RFC 7386, and the one directive of strategic merge that we use: replace this map as a whole."""
    for key, value in patch.items():
        if isinstance(value, Mapping) and value.get("$patch") == "replace":
            into[key] = {name: part for name, part in value.items() if name != "$patch"}
        elif isinstance(value, Mapping):
            _merge(into.setdefault(key, {}), value)
        elif value is None:
            into.pop(key, None)
        else:
            into[key] = value


def _has_labels(item: Mapping[str, Json], selector: str) -> bool:
    labels = item["metadata"].get("labels", {})
    pairs = [part.split("=", 1) for part in selector.split(",") if part]
    return all(labels.get(key) == value for key, value in pairs)


def _has_fields(item: Mapping[str, Json], selector: str) -> bool:
    for part in filter(None, selector.split(",")):
        path, value = part.split("=", 1)
        at: Json = item
        for name in path.split("."):
            at = at.get(name, {})
        if at != value:
            return False
    return True
