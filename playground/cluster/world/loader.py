"""Builds a world from manifests: what annotations date into the past is made in the past, in order.

Annotations under practice.chatops.saas.io/ say when: `age` is how long ago an object was made, `history` lists the
images that a workload had before, one `AGE IMAGE CHANGE-CAUSE` a line, and `updated` when it got its present one.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from playground.cluster.api.body import load_yaml
from playground.cluster.controllers.custom import resources_of
from playground.cluster.controllers.dispatcher import Dispatcher
from playground.cluster.controllers.schedule import parse_schedule
from playground.cluster.errors import Cause, bad_request, invalid
from playground.cluster.kobject import Object, annotations_of, copied, key_of
from playground.cluster.nodes.program import ANNOTATION
from playground.cluster.objects.rules import violations
from playground.cluster.objects.typecheck import check
from playground.cluster.resources import CRDS, CRONJOBS, NAMESPACES, Resource
from playground.cluster.state import ClusterState
from playground.cluster.world.past import PastClock

FOLDER = Path(__file__).parent
SETTLE_S = 45.0
"""Seconds that the controllers are given after each moment of the past."""
RUNS, RUNS_WITHIN_DAYS = 3, 4
"""How many past runs of a CronJob are acted out, and how far back they are looked for."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_CAUSE = "kubernetes.io/change-cause"


@dataclass(frozen=True)
class Moment:
    """Something that happened *ago* seconds before now."""

    ago_s: float
    act: Callable[[], None]


def platform() -> list[Object]:
    """Return the manifests of the practice platform: everything in this folder."""
    return [document for path in sorted(FOLDER.glob("*.yaml")) for document in load_yaml(path.read_text())]


def bare() -> list[Object]:
    """Return what every cluster has: nodes, system namespaces, a storage class."""
    return load_yaml((FOLDER / "00-cluster.yaml").read_text())


def from_file(path: Path) -> list[Object]:
    return load_yaml(path.read_text())


def build(state: ClusterState, dispatcher: Dispatcher, clock: PastClock, manifests: Iterable[Object]) -> None:
    """Make the objects, oldest first, with the controllers at work in between."""
    now = clock.now()
    settled = now - timedelta(seconds=SETTLE_S)
    moments = sorted(_moments(state, manifests), key=lambda moment: -moment.ago_s)
    if moments:
        clock.start_at(settled - timedelta(seconds=moments[0].ago_s))
    place = 0
    while place < len(moments):
        ago_s = moments[place].ago_s
        clock.leap(settled - timedelta(seconds=ago_s))
        while place < len(moments) and moments[place].ago_s == ago_s:
            moments[place].act()
            place += 1
        left_s = ago_s - (moments[place].ago_s if place < len(moments) else 0.0)
        clock.walk(min(SETTLE_S, left_s) if ago_s else SETTLE_S, dispatcher.work_all)
        state.store.compact()  # nobody watches yet
    clock.leap(now)
    dispatcher.work_all()
    state.store.compact()


def _moments(state: ClusterState, manifests: Iterable[Object]) -> list[Moment]:
    moments = []
    for manifest in manifests:
        resource = _resource(state, manifest)
        _check(resource, manifest)
        moments += _moments_of(state, resource, manifest)
        if resource is CRONJOBS:
            moments += _runs(manifest, state.clock.now())
    return moments


def _runs(cron_job: Object, now: datetime) -> list[Moment]:
    """Stop at the last scheduled times, so that the runs have the ages that they would have."""
    schedule = parse_schedule(cron_job["spec"]["schedule"])
    born = now - timedelta(seconds=seconds(annotations_of(cron_job).get(f"{ANNOTATION}age", "0s")))
    times = []
    at = schedule.after(max(born, now - timedelta(days=RUNS_WITHIN_DAYS)))
    while at is not None and at < now - timedelta(seconds=SETTLE_S):
        times.append(at)
        at = schedule.after(at)
    return [Moment((now - each).total_seconds() - SETTLE_S - 1, lambda: None) for each in times[-RUNS:]]


def _resource(state: ClusterState, manifest: Object) -> Resource:
    if manifest.get("kind") == "CustomResourceDefinition":
        for served in resources_of(manifest):
            state.catalogue.add(served)
        return CRDS
    resource = state.catalogue.of_kind(manifest.get("apiVersion", ""), manifest.get("kind", ""))
    if resource is None:
        raise bad_request(f'no matches for kind "{manifest.get("kind")}" in version "{manifest.get("apiVersion")}"')
    return resource


def _check(resource: Resource, manifest: Object) -> None:
    """Hold a world's manifests to the rules of any other request (raises 422)."""
    findings = check(resource, manifest)
    causes = [*findings.causes(), *(Cause("FieldValueInvalid", "unknown field", path) for path in findings.unknown)]
    if findings.mistyped:
        causes.append(Cause("FieldValueInvalid", findings.mistyped, ""))
    causes += violations(resource, manifest)
    if causes:
        raise invalid(resource, manifest["metadata"].get("name", ""), causes)


def _moments_of(state: ClusterState, resource: Resource, manifest: Object) -> list[Moment]:
    marks = annotations_of(manifest)
    history = marks.get(f"{ANNOTATION}history", "").strip().splitlines()
    if not history:
        return [Moment(seconds(marks.get(f"{ANNOTATION}age", "0s")), partial(_create, state, resource, manifest))]
    first, *later = [line.split(" ", 2) for line in history]
    moments = [Moment(seconds(first[0]), partial(_create, state, resource, _with_image(manifest, *first[1:])))]
    for ago, image, cause in later:
        moments.append(Moment(seconds(ago), partial(_replace, state, resource, _with_image(manifest, image, cause))))
    return [*moments, Moment(seconds(marks[f"{ANNOTATION}updated"]), partial(_replace, state, resource, manifest))]


def _create(state: ClusterState, resource: Resource, manifest: Object) -> None:
    status = manifest.get("status")
    if resource.namespaced:
        manifest["metadata"].setdefault("namespace", "default")
    if resource is NAMESPACES and state.find(resource, *key_of(manifest)) is not None:
        return
    created = state.create(resource, manifest)
    if status:
        state.set_status(resource, created, status)


def _replace(state: ClusterState, resource: Resource, manifest: Object) -> None:
    """Bring a workload to a later state of its manifest."""
    current = state.find(resource, *key_of(manifest))
    if current is not None:
        later = copied(current)
        later["spec"]["template"]["spec"]["containers"][0]["image"] = _container(manifest)["image"]
        later["metadata"]["annotations"] = {**annotations_of(current), **annotations_of(manifest)}
        state.update(resource, later)


def _with_image(manifest: Object, image: str, cause: str) -> Object:
    changed = copied(manifest)
    _container(changed)["image"] = image
    changed["metadata"]["annotations"][_CAUSE] = cause
    return changed


def _container(manifest: Object) -> Object:
    container: Object = manifest["spec"]["template"]["spec"]["containers"][0]
    return container


def seconds(text: str) -> float:
    """Read a duration such as 12d or 1h30m (raises ValueError)."""
    parts = re.findall(r"(\d+)([smhd])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"not a duration: {text}")
    return float(sum(int(number) * _UNITS[unit] for number, unit in parts))
