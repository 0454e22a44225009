"""What changed last on a workload: its revision and the way back from it, and the configuration that it reads."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.diagnosis.configuration import written_before
from bot.diagnosis.evidence import safe
from bot.model.durations import spoken
from bot.model.kube.workloads import DaemonSet, Deployment, StatefulSet
from bot.model.plan import Json
from bot.model.quoting import code, quoted
from bot.model.refs import ObjectRef
from bot.model.resources import REPLICA_SET
from bot.model.rollout import CHANGE_CAUSE, Workload, revision_number
from bot.ports import ClusterReader

KINDS: dict[str, type[Deployment] | type[StatefulSet] | type[DaemonSet]] = {
    "deployment": Deployment,
    "statefulset": StatefulSet,
    "daemonset": DaemonSet,
}
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


@dataclass(frozen=True)
class Revised:
    """The present revision of a deployment."""

    sentence: str
    ago: timedelta
    """Before the trouble."""
    back_to: int


async def changes(cluster: ClusterReader, owner: ObjectRef, at: datetime) -> Changes:
    """Of a workload two requests, and a small one for each thing that it reads (raises what the cluster raises)."""
    kind = KINDS.get(owner.kind)
    if kind is None:
        return Changes()
    workload = await cluster.get(kind, owner.name, owner.namespace)
    pods = workload.spec.template.spec
    written, revised = await asyncio.gather(
        written_before(cluster, pods, owner.namespace, at), _revised(cluster, workload, at)
    )
    told = [(one.ago, str(one)) for one in written] + ([(revised.ago, revised.sentence)] if revised else [])
    return Changes(
        wanted=_wanted(workload),
        changed=" · ".join(sentence for _, sentence in sorted(told)),
        back_to=revised.back_to if revised else 0,
        limits={one.name: one.resources.limits.get("memory", "") for one in pods.containers},
    )


def _wanted(workload: Workload) -> int:
    return workload.status.desired_number_scheduled if isinstance(workload, DaemonSet) else workload.spec.replicas


async def _revised(cluster: ClusterReader, workload: Workload, at: datetime) -> Revised | None:
    """The revision that runs, and how it differs from the one before; only deployments keep them in plain sight."""
    if not isinstance(workload, Deployment):
        return None
    sets = await cluster.list_objects(REPLICA_SET, workload.metadata.namespace, selector=workload.spec.selector.text)
    mine = sorted((one for one in sets if _controller(one) == workload.metadata.uid), key=_number)
    present = revision_number(workload.metadata.annotations)
    current = next((one for one in mine if _number(one) == present), None)
    if current is None or not present:
        return None
    others = [one for one in mine if _number(one) < _number(current) and _pods(one) != _pods(current)]
    before = others[-1] if others else None
    ago = at - datetime.fromisoformat(current["metadata"]["creationTimestamp"].replace("Z", "+00:00"))
    back_to = _number(before) if before is not None and ago < RECENT else 0
    return Revised(_sentence(current, before, ago), ago, back_to)


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
