"""What rules of RBAC allow, as a table of verbs: one row per resource, a mark under each verb."""

from collections.abc import Iterable

from bot.model.kube.rbac import PolicyRule
from bot.model.reply import Table

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete")
"""A column each; further verbs are named in the last one."""
MARK = "✓"
EVERY = "*"


def verb_table(rules: Iterable[PolicyRule]) -> Table:
    """*rules* with those about the same objects put together, as `kubectl describe role` does."""
    allowed: dict[tuple[str, str], set[str]] = {}
    for rule in rules:
        for subject in subjects(rule):
            allowed.setdefault((subject, ", ".join(rule.resource_names) or "every"), set()).update(rule.verbs)
    rows = tuple((*key, *_cells(verbs)) for key, verbs in sorted(allowed.items()))
    return Table(("RESOURCE", "NAMES", *(verb.upper() for verb in VERBS), "OTHER"), rows, file_name="verbs.txt")


def subjects(rule: PolicyRule) -> list[str]:
    """What a rule is about, in kubectl's words: `jobs.batch`, `deployments.apps/scale`, `/metrics`."""
    groups = rule.api_groups or ("",)
    return [*(_grouped(resource, group) for group in groups for resource in rule.resources), *rule.non_resource_urls]


def _grouped(resource: str, group: str) -> str:
    kind, slash, part = resource.partition("/")
    return f"{kind}.{group}{slash}{part}" if group else resource


def _cells(verbs: set[str]) -> tuple[str, ...]:
    marks = tuple(MARK if verb in verbs or EVERY in verbs else "" for verb in VERBS)
    return (*marks, " ".join(sorted(verbs - set(VERBS))))
