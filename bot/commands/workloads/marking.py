"""Writes that carry the operation's mark, and how to find the mark again."""

from datetime import UTC, datetime

from bot.commands.workloads.find import reread
from bot.errors import NotFound
from bot.model.plan import Effect, Json, Mark, Step
from bot.ports import ReadOnly

OPERATION = "chatops.saas.io/operation"
"""Annotation on the changed object: the id of the operation that wrote last."""


def marked(step: Step, mark: Mark, body: dict[str, Json]) -> dict[str, Json]:
    """*body* as a patch that the server takes only for that very object in that version, and that leaves the mark."""
    meta = {
        "uid": step.target.uid,
        "resourceVersion": mark.resource_version,
        "annotations": {OPERATION: mark.operation},
    }
    return {**body, "metadata": {**body.get("metadata", {}), **meta}}


def timestamp(at: datetime) -> str:
    """The time as Kubernetes writes it: `2026-01-02T15:04:05Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def effect_on_workload(step: Step, on: ReadOnly, mark: Mark) -> Effect:
    """PRESENT where our mark stands, ABSENT where the object is still as it was observed, else UNCLEAR."""
    try:
        workload = await reread(on.cluster, step.target)
    except NotFound:
        return Effect.UNCLEAR
    meta = workload.metadata
    if meta.uid == step.target.uid and meta.annotations.get(OPERATION) == mark.operation:
        return Effect.PRESENT
    untouched = meta.uid == step.observed["uid"] and meta.generation == step.observed["generation"]
    return Effect.ABSENT if untouched else Effect.UNCLEAR
