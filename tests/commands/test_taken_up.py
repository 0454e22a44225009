"""What is planned, written and followed between a change of a workload and its controller's taking it up."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bot.commands.workloads import taken_up
from bot.engine.drift import drift
from bot.errors import Conflict
from bot.model.plan import Json, Phase, Plan
from bot.model.resources import Resource
from bot.ports import ReadOnly
from tests.commands.asking import change, propose
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import NOW, deployment, meta, pod, replica_set, template, waiting

NEVER = 10**6
"""Looks after which a controller that is away is back."""
CHANGED = "registry/app:1.8.3"
NOT_TAKEN_UP = "The controller has not taken up the last change of deployment/x yet"


@dataclass
class Patched(FakeCluster):
    """A cluster whose workload `x` was just changed; its controller takes that up after so many looks at it."""

    looks: int = NEVER
    take_up: Callable[["Patched"], None] = field(default=lambda cluster: numbered(cluster))

    async def get_object(self, resource: Resource, name: str, namespace: str = "") -> dict[str, Json]:
        if resource.group == "apps":
            self.looks -= 1
            if self.looks == 0:
                self.take_up(self)
        return await super().get_object(resource, name, namespace)


def patched(looks: int = NEVER, **spec: Json) -> Patched:
    """Deployment x had the image of revision 12 until somebody set another; 11 is the one before that."""
    cluster = Patched(looks=looks)
    cluster.add(
        deployment("x", image=CHANGED, spec=spec),
        replica_set("x", 11, image="registry/app:1.8.1"),
        replica_set("x", 12, replicas=4),
    )
    stored(cluster)["metadata"]["generation"] = 4
    return cluster


def stored(cluster: FakeCluster) -> dict[str, Json]:
    return cluster.objects[("deployments", "saasodoo", "x")]


def seen(cluster: FakeCluster) -> None:
    """The controller has seen the change."""
    stored(cluster)["status"]["observedGeneration"] = 4


def numbered(cluster: FakeCluster) -> None:
    """It has made a revision of it, too."""
    seen(cluster)
    stored(cluster)["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "13"
    cluster.add(replica_set("x", 13, image=CHANGED, replicas=1))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else happens between two looks here."""
    monkeypatch.setattr(taken_up, "EVERY_S", 0)


async def drifted(plan: Plan, cluster: FakeCluster) -> str:
    [step] = plan.steps
    return drift(step, await change(plan).observe(step, ReadOnly(cluster=cluster)))


async def test_a_plan_right_after_a_change_is_of_the_revision_that_it_makes() -> None:
    cluster = patched(looks=4)
    plan = await propose("restart x", cluster)
    assert "revision 13" in plan.facts[-1].text
    assert NOT_TAKEN_UP not in plan.warnings
    assert not await drifted(plan, cluster)


async def test_a_rollback_right_after_a_change_takes_back_that_change() -> None:
    plan = await propose("rollback x", patched(looks=4))
    assert plan.title == "Roll back deployment/x to revision 12"
    assert plan.undo == "rollback deployment/x --to-revision 13 -n saasodoo"


@pytest.mark.parametrize("line", ["restart x", "scale x --replicas 2", "rollout pause x"])
async def test_where_the_controller_is_away_the_card_says_so_and_the_plan_holds_when_it_is_back(line: str) -> None:
    cluster = patched()
    plan = await propose(line, cluster)
    assert NOT_TAKEN_UP in plan.warnings
    assert not any("revision" in fact.text for fact in plan.facts)
    assert not await drifted(plan, cluster)
    numbered(cluster)
    assert not await drifted(plan, cluster)


async def test_several_workloads_wait_together() -> None:
    cluster = patched()
    other = deployment("y")
    other["metadata"]["generation"] = 4
    plan = await propose("restart x y", cluster.add(other))
    assert [warning for warning in plan.warnings if "not taken up" in warning] == [
        NOT_TAKEN_UP,
        "The controller has not taken up the last change of deployment/y yet",
    ]


async def test_a_change_after_the_plan_still_makes_it_outdated() -> None:
    cluster = patched()
    plan = await propose("restart x", cluster)
    stored(cluster)["metadata"]["generation"] = 5
    assert await drifted(plan, cluster) == "deployment/x changed since this was planned: generation 4 → 5."


async def test_a_revision_that_is_not_known_at_the_write_is_not_told_as_a_change_to_nothing() -> None:
    cluster = patched()
    numbered(cluster)
    plan = await propose("restart x", cluster)
    changed = stored(cluster)
    changed["metadata"]["generation"] = 5
    changed["spec"]["replicas"] = 2
    assert await drifted(plan, cluster) == "deployment/x changed since this was planned: replicas 4 → 2."


async def test_a_revision_that_its_controller_numbers_anew_is_no_change() -> None:
    cluster = patched()
    numbered(cluster)
    plan = await propose("restart x", cluster)
    stored(cluster)["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "14"
    assert not await drifted(plan, cluster)


def of_controller_revisions(kind: str) -> FakeCluster:
    """A workload of another kind than Deployment, changed and not taken up."""
    owner = [{"kind": kind, "name": "x", "uid": "uid-x", "controller": True}]
    kept = [
        {
            "kind": "ControllerRevision",
            "metadata": meta(f"x-{number}", labels={"app": "x"}, ownerReferences=owner),
            "revision": number,
            "data": {"spec": {"template": {**template("x", f"postgres:1{number}"), "$patch": "replace"}}},
        }
        for number in (5, 6)
    ]
    changed = {
        "kind": kind,
        "metadata": meta("x", generation=8),
        "spec": {"selector": {"matchLabels": {"app": "x"}}, "template": template("x", "postgres:17")},
        "status": {"observedGeneration": 7},
    }
    return FakeCluster().add(changed, *kept)


def stopping_its_old_pods() -> FakeCluster:
    """The controller has seen the change and makes a revision of it when the last old pod is gone."""
    cluster = patched(strategy={"type": "Recreate"})
    seen(cluster)
    return cluster


@pytest.mark.parametrize(
    ("cluster", "target"),
    [
        pytest.param(patched(), "deployment/x", id="Deployment"),
        pytest.param(stopping_its_old_pods(), "deployment/x", id="Deployment that stops its old pods first"),
        pytest.param(of_controller_revisions("StatefulSet"), "statefulset/x", id="StatefulSet"),
        pytest.param(of_controller_revisions("DaemonSet"), "daemonset/x", id="DaemonSet"),
    ],
)
@pytest.mark.parametrize("to", ["", " --to-revision 5"], ids=["to the one before", "to a number"])
async def test_no_rollback_is_planned_while_nobody_knows_what_it_would_take_back(
    cluster: FakeCluster, target: str, to: str
) -> None:
    with pytest.raises(Conflict, match=f"The last change of {target} has no revision yet") as refused:
        await propose(f"rollback {target}{to}", cluster)
    assert refused.value.suggestions == (f"rollout status {target} -n saasodoo",)


def crashing(revision: int) -> dict[str, Json]:
    """A pod of that revision that will not heal by waiting."""
    last = {"exitCode": 1, "reason": "Error", "message": "KeyError: 'BROKER_URL'"}
    status = waiting("CrashLoopBackOff", restarts=3, last=last)
    return pod(f"x-r{revision}-a", owner=f"x-r{revision}", app="x", ready=False, containerStatuses=[status])


async def test_a_crash_before_the_controller_has_taken_up_the_write_stalls_nothing() -> None:
    cluster = patched()
    cluster.add(crashing(12))
    plan = await propose("restart x", cluster)
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert at.phase is Phase.RUNNING
    assert at.line == "0 of 4 ready · waiting for deployment spec update to be observed"
    numbered(cluster)
    stored(cluster)["status"]["updatedReplicas"] = 1
    cluster.add(crashing(13))
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert at.phase is Phase.STALLED


async def test_a_crash_of_old_pods_that_are_stopped_first_stalls_nothing() -> None:
    cluster = stopping_its_old_pods()
    cluster.objects[("replicasets", "saasodoo", "x-r12")]["spec"]["replicas"] = 0
    stored(cluster)["status"]["updatedReplicas"] = 0
    plan = await propose("restart x", cluster.add(crashing(12)))
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert at.phase is Phase.RUNNING
