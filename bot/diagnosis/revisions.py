"""What changed last on a deployment: its present revision, how it differs from the one before, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.diagnosis.evidence import safe
from bot.model.durations import spoken
from bot.model.kube.workloads import Deployment
from bot.model.plan import Json
from bot.model.quoting import code, quoted
from bot.model.refs import ObjectRef
from bot.model.resources import REPLICA_SET
from bot.model.rollout import CHANGE_CAUSE, revision_number
from bot.ports import ClusterReader

RECENT = timedelta(days=1)
"""A revision that ran for longer before is no likely cause, and going back from it no likely cure."""


@dataclass(frozen=True)
class Changes:
    """What was found out."""

    wanted: int = 0
    changed: str = ""
    back_to: int = 0
    limits: dict[str, str] | None = None
    """Container → memory limit."""


async def changes(cluster: ClusterReader, owner: ObjectRef, at: datetime) -> Changes:
    """Two requests for a deployment; of other kinds nothing is known (raises what the cluster raises)."""
    if owner.kind != "deployment":
        return Changes()
    workload = await cluster.get(Deployment, owner.name, owner.namespace)
    sets = await cluster.list_objects(REPLICA_SET, owner.namespace, selector=workload.spec.selector.text)
    mine = sorted((one for one in sets if _controller(one) == workload.metadata.uid), key=_number)
    limits = {one.name: one.resources.limits.get("memory", "") for one in workload.spec.template.spec.containers}
    return _concluded(workload, mine, at, limits)


def _concluded(workload: Deployment, sets: Sequence[Json], at: datetime, limits: dict[str, str]) -> Changes:
    wanted = workload.spec.replicas
    now_at = revision_number(workload.metadata.annotations)
    current = next((one for one in sets if _number(one) == now_at), None)
    if current is None or not now_at:
        return Changes(wanted=wanted, limits=limits)
    before = [one for one in sets if _number(one) < _number(current) and _pods(one) != _pods(current)]
    born = datetime.fromisoformat(current["metadata"]["creationTimestamp"].replace("Z", "+00:00"))
    is_recent = at - born < RECENT
    return Changes(
        wanted=wanted,
        changed=_sentence(current, before[-1] if before else None, at - born),
        back_to=_number(before[-1]) if before and is_recent else 0,
        limits=limits,
    )


def _sentence(current: Json, before: Json | None, elapsed: timedelta) -> str:
    """`revision 3, 12 s before · “edited by hand” · image odoo:17.0 → odoo:17.1`."""
    cause = current["metadata"].get("annotations", {}).get(CHANGE_CAUSE, "")
    images = _images(current)
    parts = [f"revision {_number(current)}, {spoken(elapsed)} before", quoted(safe(cause)) if cause else ""]
    if before is not None and _short(_images(before)) != _short(images):
        parts.append(f"image {_short(_images(before))} → {_short(images)}")
    elif before is not None:
        parts.append(_other_fields(current, before))
    return " · ".join(part for part in parts if part)


def _other_fields(current: Json, before: Json) -> str:
    """Which fields of the containers differ, by name."""
    pairs = zip(_containers(current), _containers(before), strict=False)
    names = {name for one, other in pairs for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
    return f"other {', '.join(sorted(names))}" if names else ""


def _controller(one: Json) -> str:
    owners = one["metadata"].get("ownerReferences", [])
    return next((str(owner["uid"]) for owner in owners if owner.get("controller")), "")


def _number(one: Json) -> int:
    return revision_number(one["metadata"].get("annotations", {}))


def _pods(one: Json) -> Json:
    return one["spec"]["template"].get("spec", {})


def _containers(one: Json) -> list[dict[str, Json]]:
    found: list[dict[str, Json]] = _pods(one).get("containers", [])
    return found


def _short(images: str) -> str:
    """Without registries and folders, which the image's own line has; in code font."""
    return ", ".join(code(image.rsplit("/", 1)[-1]) for image in images.split(", "))


def _images(one: Json) -> str:
    return ", ".join(str(container.get("image", "")) for container in _containers(one))
