"""Decides requests by the stored Roles, ClusterRoles and their bindings, as the API server's RBAC authorizer does."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from playground.cluster.kobject import Object
from playground.cluster.resources import CLUSTERROLEBINDINGS, CLUSTERROLES, ROLEBINDINGS, ROLES, Resource
from playground.cluster.store import Change, Store
from playground.cluster.users import User


@dataclass(frozen=True)
class Attributes:
    """What is asked for: a resource, or with *path* something else."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def combined(self) -> str:
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


@dataclass(frozen=True)
class Decision:
    allowed: bool
    reason: str = ""
    error: str = ""


@dataclass(frozen=True)
class _Grant:
    """A binding with the rules of its role."""

    rules: tuple[Object, ...]
    told: str
    subject: Object
    missing: str = ""


class Authorizer:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._grants: dict[tuple[str, str], list[_Grant]] | None = None
        store.listen(self._on_change)

    def decide(self, user: User, asked: Attributes) -> Decision:
        if user.is_master:
            return Decision(allowed=True)
        missing = []
        for grant in self._grants_for(user, asked.namespace):
            if grant.missing:
                missing.append(grant.missing)
            if any(rule_allows(rule, asked) for rule in grant.rules):
                return Decision(allowed=True, reason=f"RBAC: allowed by {grant.told}")
        return Decision(allowed=False, error=", ".join(missing))

    def rules(self, user: User, namespace: str) -> list[Object]:
        """Return the rules that hold for *user* in *namespace*."""
        if user.is_master:
            everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
            return [everything, {"verbs": ["*"], "nonResourceURLs": ["*"]}]
        return [rule for grant in self._grants_for(user, namespace) for rule in grant.rules]

    def _grants_for(self, user: User, namespace: str) -> Iterator[_Grant]:
        if self._grants is None:
            self._grants = self._read_grants()
        for scope in ("", namespace) if namespace else ("",):
            yield from self._grants.get((scope, f"User:{user.name}"), ())
            for group in user.groups:
                yield from self._grants.get((scope, f"Group:{group}"), ())

    def _read_grants(self) -> dict[tuple[str, str], list[_Grant]]:
        grants: dict[tuple[str, str], list[_Grant]] = defaultdict(list)
        for bindings in (CLUSTERROLEBINDINGS, ROLEBINDINGS):
            for binding in self._store.items(bindings):
                namespace = binding["metadata"].get("namespace", "")
                for subject in binding.get("subjects") or ():
                    grants[namespace, _subject(subject, namespace)].append(self._grant(bindings, binding, subject))
        return grants

    def _grant(self, bindings: Resource, binding: Object, subject: Object) -> _Grant:
        metadata, reference = binding["metadata"], binding["roleRef"]
        namespace = metadata.get("namespace", "")
        roles, within = (ROLES, namespace) if reference["kind"] == "Role" else (CLUSTERROLES, "")
        role = self._store.find(roles, within, reference["name"])
        of = f"{metadata['name']}/{namespace}" if namespace else metadata["name"]
        told = f'{bindings.kind} "{of}" of {reference["kind"]} "{reference["name"]}" to {_told(subject)}'
        if role is None:
            return _Grant((), told, subject, f'{roles.qualified} "{reference["name"]}" not found')
        return _Grant(tuple(role.get("rules") or ()), told, subject)

    def _on_change(self, resource: Resource, change: Change) -> None:
        del change
        if resource in {ROLES, ROLEBINDINGS, CLUSTERROLES, CLUSTERROLEBINDINGS}:
            self._grants = None


def _subject(subject: Object, namespace: str) -> str:
    if subject["kind"] == "ServiceAccount":
        return f"User:system:serviceaccount:{subject.get('namespace', namespace)}:{subject['name']}"
    return f"{subject['kind']}:{subject['name']}"


def _told(subject: Object) -> str:
    if subject["kind"] == "ServiceAccount":
        return f'ServiceAccount "{subject["name"]}/{subject.get("namespace", "")}"'
    return f'{subject["kind"]} "{subject["name"]}"'


def rule_allows(rule: Object, asked: Attributes) -> bool:
    """Tell whether one PolicyRule covers what is asked."""
    if not _has(rule.get("verbs"), asked.verb):
        return False
    if asked.path:
        return any(_path_matches(pattern, asked.path) for pattern in rule.get("nonResourceURLs") or ())
    names = rule.get("resourceNames")
    return (
        _has(rule.get("apiGroups"), asked.group)
        and _resource_matches(rule.get("resources") or [], asked)
        and (not names or asked.name in names)
    )


def _has(allowed: list[str] | None, wanted: str) -> bool:
    return allowed is not None and ("*" in allowed or wanted in allowed)


def _resource_matches(allowed: list[str], asked: Attributes) -> bool:
    return any(
        entry in {"*", asked.combined} or (asked.subresource != "" and entry == f"*/{asked.subresource}")
        for entry in allowed
    )


def _path_matches(pattern: str, path: str) -> bool:
    return pattern in {"*", path} or (pattern.endswith("*") and path.startswith(pattern[:-1]))
