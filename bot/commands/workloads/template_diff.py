"""Two pod templates → what an approver reads: a unified diff without what changes at every rollout."""

import difflib

import yaml

from bot.commands.workloads.preview import RESTARTED_AT
from bot.model.plan import Json
from bot.model.redaction import VALUE, names_a_secret, redact

CONTEXT_LINES = 2
"""Around a change: enough to see which container it is in, short enough for a phone."""


def template_diff(before: dict[str, Json], after: dict[str, Json], *, labels: tuple[str, str]) -> str:
    """Unified diff of the templates as YAML, secrets redacted; empty when they would make the same pods."""
    old, new = (as_yaml(one).splitlines() for one in (before, after))
    return "\n".join(difflib.unified_diff(old, new, *labels, n=CONTEXT_LINES, lineterm=""))


def as_yaml(template: dict[str, Json]) -> str:
    """What of the template means something, without its secrets."""
    return redact(yaml.safe_dump(_without_secrets(meaningful(template)), width=200))


def _without_secrets(part: Json) -> Json:
    """Every environment's values that are secrets by their name, however many lines they have."""
    match part:
        case {"name": str(name), "value": str(value)} if value and names_a_secret(name):
            return {**part, "value": VALUE}
        case dict():
            return {key: _without_secrets(child) for key, child in part.items()}
        case list():
            return [_without_secrets(child) for child in part]
        case _:
            return part


def same_pods(before: dict[str, Json], after: dict[str, Json]) -> bool:
    """Whether both templates make the same pods."""
    return meaningful(before) == meaningful(after)


def meaningful(template: dict[str, Json]) -> dict[str, Json]:
    """The template without the restart stamp and without empty maps, which servers write or leave out as they like."""
    meta = template.get("metadata") or {}
    annotations = {key: value for key, value in (meta.get("annotations") or {}).items() if key != RESTARTED_AT}
    kept = {"labels": meta.get("labels"), "annotations": annotations}
    return {"metadata": {key: value for key, value in kept.items() if value}, "spec": template.get("spec", {})}
