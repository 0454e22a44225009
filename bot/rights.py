"""The bot's own rights, derived from the declarations: what it sees everywhere, what it may only where it serves."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from bot.model.resources import RESOURCES
from bot.spec import Access, AnyCommand

VIRTUAL_GROUP = "chatops.saas.io"
"""What Kubernetes does not know itself (quotas): people need the right, the bot has nothing to use it on."""

OF_PEOPLE = frozenset(
    {("authorization.k8s.io", "selfsubjectaccessreviews"), ("authorization.k8s.io", "localsubjectaccessreviews")}
)
"""What people need for asking; the bot itself asks by SubjectAccessReview."""

OWN_ACCESS = (
    Access("authorization.k8s.io", ("subjectaccessreviews",), ("create",)),
    Access("coordination.k8s.io", ("leases",), ("get", "create", "patch")),
    Access("", ("nodes", "pods"), ("list", "watch")),
    Access("apps", ("daemonsets", "deployments", "replicasets", "statefulsets"), ("list", "watch")),
    Access("batch", ("cronjobs", "jobs"), ("list", "watch")),
)
"""What the bot itself needs, whatever commands it has: to ask for permissions, to elect who watches, and to watch."""

LEASES = ("coordination.k8s.io", "leases")
"""Needed in the bot's own namespace only: the chart has a Role for it that names the one Lease."""

LOOKING = frozenset({"get", "list", "watch"})
CLOSE = frozenset({"secrets", "pods/exec", "pods/proxy", "services/proxy"})
"""They give away values, or let one speak to programs: seen where it serves only. Kubernetes' `view` lacks them too."""
OF_THE_CLUSTER = frozenset(
    {(one.group, one.plural) for one in RESOURCES if not one.namespaced}
    | {("authorization.k8s.io", "subjectaccessreviews")}
)
"""What is in no namespace, so that no RoleBinding could give it."""

Rule = dict[str, list[str]]


@dataclass(frozen=True, order=True, slots=True)
class Right:
    """One verb on one resource."""

    group: str
    resource: str
    verb: str

    def __str__(self) -> str:
        """As kubectl names it: `patch deployments.apps`."""
        return f"{self.verb} {self.resource}{'.' + self.group if self.group else ''}"

    @property
    def is_for_served(self) -> bool:
        """Whether it is given namespace by namespace: everything that writes, and what is too close to only look at."""
        if (self.group, self.resource.partition("/")[0]) in OF_THE_CLUSTER:
            return False
        return self.verb not in LOOKING or self.resource in CLOSE


def declared(commands: Iterable[AnyCommand]) -> set[Right]:
    """The union of what the commands declare, and nothing else."""
    rules = (*OWN_ACCESS, *(rule for command in commands for rule in (*command.access, *command.reads)))
    return {
        Right(rule.group, resource, verb)
        for rule in rules
        if rule.group != VIRTUAL_GROUP
        for resource in rule.resources
        if (rule.group, resource) not in OF_PEOPLE
        for verb in rule.verbs
    }


def everywhere(commands: Iterable[AnyCommand]) -> list[Right]:
    """What the bot needs in the whole cluster."""
    return sorted(right for right in declared(commands) if not (_of_leases(right) or right.is_for_served))


def served(commands: Iterable[AnyCommand]) -> list[Right]:
    """What it needs besides in each namespace that it serves."""
    return sorted(right for right in declared(commands) if right.is_for_served and not _of_leases(right))


def leases(commands: Iterable[AnyCommand]) -> list[Right]:
    """What it needs in its own namespace, where it elects who watches."""
    return sorted(filter(_of_leases, declared(commands)))


def _of_leases(right: Right) -> bool:
    return (right.group, right.resource) == LEASES


def rules(rights: Iterable[Right]) -> list[Rule]:
    """The rules of a role, as few as there can be."""
    verbs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for right in rights:
        verbs[right.group, right.resource].add(right.verb)
    resources: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (group, resource), allowed in sorted(verbs.items()):
        resources[group, tuple(sorted(allowed))].append(resource)
    return [
        {"apiGroups": [group], "resources": names, "verbs": list(allowed)}
        for (group, allowed), names in sorted(resources.items())
    ]


def chart_rules(rights: Iterable[Right]) -> str:
    """A file of the chart's that holds the rules of a role."""
    return "# Made by `./run docs` from the declarations in bot/commands; do not edit.\n" + yaml.safe_dump(
        rules(rights)
    )


CHART_FILES = {"cluster-role.yaml": everywhere, "served-role.yaml": served}
"""Those below chart/files."""


def roles(commands: Iterable[AnyCommand], name: str = "saas-bot") -> list[dict[str, Any]]:
    """The same as manifests: a role to bind in the cluster, one for each served namespace, one for the bot's own."""
    commands = list(commands)
    return [
        _role("ClusterRole", name, everywhere(commands)),
        _role("ClusterRole", f"{name}-served", served(commands)),
        _role("Role", f"{name}-lease", leases(commands)),
    ]


def _role(kind: str, name: str, rights: Iterable[Right]) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name},
        "rules": rules(rights),
    }
