"""Two pod templates → what an approver reads: a unified diff without what changes at every rollout."""

import difflib

import yaml

from bot.commands.workloads.preview import RESTARTED_AT
from bot.model.plan import Json
from bot.model.redaction import redact

CONTEXT_LINES = 2


def template_diff(before: dict[str, Json], after: dict[str, Json], *, labels: tuple[str, str]) -> str:
    """Unified diff of the templates as YAML, secrets redacted; empty when they would make the same pods."""
    old, new = (redact(yaml.safe_dump(meaningful(one), width=200)).splitlines() for one in (before, after))
    return "\n".join(difflib.unified_diff(old, new, *labels, n=CONTEXT_LINES, lineterm=""))


def same_pods(before: dict[str, Json], after: dict[str, Json]) -> bool:
    """Whether both templates make the same pods."""
    return meaningful(before) == meaningful(after)


def meaningful(template: dict[str, Json]) -> dict[str, Json]:
    """The template without the restart stamp and without empty maps, which servers write or leave out as they like."""
    meta = template.get("metadata") or {}
    annotations = {key: value for key, value in (meta.get("annotations") or {}).items() if key != RESTARTED_AT}
    kept = {"labels": meta.get("labels"), "annotations": annotations}
    return {"metadata": {key: value for key, value in kept.items() if value}, "spec": template.get("spec", {})}
