"""Service accounts, roles and their bindings."""

import msgspec

from bot.model.kube.meta import KubeObject, KubeStruct, ObjectReference


class ServiceAccount(KubeObject):
    secrets: tuple[ObjectReference, ...] = ()
    image_pull_secrets: tuple[ObjectReference, ...] = ()


class PolicyRule(KubeStruct):
    verbs: tuple[str, ...] = ()
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()
    """Empty: every name."""
    non_resource_urls: tuple[str, ...] = msgspec.field(default=(), name="nonResourceURLs")


class Role(KubeObject):
    """What may be done in one namespace; the server writes null for no rules."""

    rules: tuple[PolicyRule, ...] | None = ()


class ClusterRole(KubeObject):
    """What may be done everywhere, or wherever a RoleBinding grants it; the server writes null for no rules."""

    rules: tuple[PolicyRule, ...] | None = ()


class RoleRef(KubeStruct):
    kind: str
    name: str
    api_group: str = ""


class RoleSubject(KubeStruct):
    """Whom a binding names."""

    kind: str
    """User, Group or ServiceAccount."""
    name: str
    namespace: str = ""


class RoleBinding(KubeObject):
    role_ref: RoleRef
    subjects: tuple[RoleSubject, ...] = ()


class ClusterRoleBinding(KubeObject):
    role_ref: RoleRef
    subjects: tuple[RoleSubject, ...] = ()
