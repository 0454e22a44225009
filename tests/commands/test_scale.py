"""scale: absolute numbers, warnings that matter, and no success before surplus pods are gone."""

from datetime import UTC, datetime

import pytest

from bot.errors import AlreadySo, BadArguments, Denied, NotFound
from bot.model.plan import Json, Mark, Phase
from bot.ports import ReadOnly
from tests.commands.asking import backends, change, parsed, propose
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import NOW, deployment, meta, node, pod, replica_set

MARK = Mark("op-1", "audit-1", resource_version="1", at=datetime(2026, 3, 1, 14, 3, tzinfo=UTC))
AUTOSCALER = {
    "kind": "HorizontalPodAutoscaler",
    "metadata": meta("worker-hpa"),
    "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "x"}, "minReplicas": 2, "maxReplicas": 6},
}


BUDGET = {
    "kind": "PodDisruptionBudget",
    "metadata": meta("x-pdb"),
    "spec": {"minAvailable": 3, "selector": {"matchLabels": {"app": "x"}}},
}
OTHER = {**BUDGET, "metadata": meta("y-pdb"), "spec": {"selector": {"matchLabels": {"app": "y"}}}}


async def test_a_budget_of_other_pods_is_not_mentioned() -> None:
    assert (await propose("scale x --replicas 2", FakeCluster().add(deployment("x"), OTHER))).warnings == ()


async def test_the_card_says_before_and_after_and_how_to_take_it_back() -> None:
    plan = await propose("scale x --replicas 6", FakeCluster().add(deployment("x"), node("n", cpu="8", memory="32Gi")))
    assert plan.title == "Scale deployment/x to 6"
    assert plan.facts[0].text == "4 → 6"
    assert plan.warnings == ()
    assert plan.steps[0].desired == {"replicas": 6}
    assert plan.undo == "scale deployment/x --replicas 4 -n saasodoo"
    assert plan.diff == "-replicas: 4\n+replicas: 6"


@pytest.mark.parametrize(
    ("replicas", "things", "warning"),
    [
        pytest.param(0, [], "All pods stop: nothing answers until it is scaled up again", id="to nothing"),
        pytest.param(2, [BUDGET], "PodDisruptionBudget x-pdb does not limit scaling down", id="down"),
        pytest.param(5, [AUTOSCALER, node("n")], "Autoscaler worker-hpa keeps it between 2 and 6", id="autoscaler"),
        pytest.param(14, [node("n", cpu="1")], "The nodes have room for 4 of the 10 pods more", id="no room"),
        pytest.param(5, [node("n", ready="False")], "room for 0 of the 1 pod more", id="node not ready"),
    ],
)
async def test_a_warning_names_what_will_surprise(replicas: int, things: list[dict[str, Json]], warning: str) -> None:
    plan = await propose(f"scale x --replicas {replicas}", FakeCluster().add(deployment("x"), *things))
    assert any(warning in said for said in plan.warnings), plan.warnings


async def test_what_the_bot_may_not_read_is_said_and_not_skipped() -> None:
    cluster = FakeCluster(refusing={"nodes": Denied("The bot may not list nodes.")}).add(deployment("x"))
    plan = await propose("scale x --replicas 5", cluster)
    assert plan.warnings == ("Not known whether the nodes have room: The bot may not list nodes.",)


async def test_the_same_number_is_nothing_to_do() -> None:
    with pytest.raises(AlreadySo, match="deployment/x is to have 4 pods already"):
        await propose("scale x --replicas 4", FakeCluster().add(deployment("x")))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("scale x --replicas -1", id="negative"),
        pytest.param("scale x --replicas 1001", id="absurd"),
        pytest.param("scale x --replicas 1e99", id="no number"),
        pytest.param("scale x", id="none"),
        pytest.param("scale daemonset/x --replicas 1", id="a kind without replicas"),
        pytest.param("scale ../../x --replicas 1", id="path"),
        pytest.param("scale 'x;rm' --replicas 1", id="shell"),
        pytest.param("scale '<!channel>' --replicas 1", id="mention"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_before_anything_is_read(line: str) -> None:
    with pytest.raises(BadArguments, match=r"Nothing was done\."):
        parsed(line)


async def test_a_stateful_set_of_that_name_is_suggested_and_not_guessed() -> None:
    stateful = {"kind": "StatefulSet", "metadata": meta("postgres"), "spec": {"replicas": 1}}
    with pytest.raises(NotFound) as refused:
        await propose("scale postgres --replicas 2", FakeCluster().add(stateful))
    assert refused.value.suggestions == ("scale statefulset/postgres --replicas 2 -n saasodoo",)


async def test_the_write_is_absolute_and_marked() -> None:
    cluster = FakeCluster().add(deployment("x"))
    plan = await propose("scale x --replicas 2", cluster)
    await change(plan).apply(plan.steps[0], backends(cluster), MARK)
    stored = cluster.objects[("deployments", "saasodoo", "x")]
    assert stored["spec"]["replicas"] == 2
    assert stored["metadata"]["annotations"]["chatops.saas.io/operation"] == "op-1"


@pytest.mark.parametrize(
    ("running", "ready", "phase", "line"),
    [
        pytest.param(4, 4, Phase.RUNNING, "4 ready, 2 to stop", id="surplus pods still run"),
        pytest.param(2, 1, Phase.RUNNING, "0 of 2 ready · 1 of 2 updated replicas are available", id="one short"),
        pytest.param(2, 2, Phase.DONE, "2 of 2 ready", id="as wanted"),
    ],
)
async def test_it_is_done_when_exactly_the_wanted_pods_are_ready(
    running: int, ready: int, phase: Phase, line: str
) -> None:
    cluster = FakeCluster().add(deployment("x"))
    plan = await propose("scale x --replicas 2", cluster)
    counts = {"replicas": running, "updatedReplicas": running, "readyReplicas": ready, "availableReplicas": ready}
    cluster.add(deployment("x", replicas=2, status=counts))
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert (at.phase, at.line) == (phase, line)


async def test_its_end_says_when_somebody_has_set_another_number_since() -> None:
    cluster = FakeCluster().add(deployment("x"))
    plan = await propose("scale x --replicas 5", cluster)
    cluster.add(deployment("x", replicas=2, status={"replicas": 2}))
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert (at.phase, at.line) == (Phase.DONE, "2 of 2 ready; it is to have 2 by now, no longer 5")


async def test_a_pod_that_fits_nowhere_is_named() -> None:
    cluster = FakeCluster().add(deployment("x"))
    plan = await propose("scale x --replicas 5", cluster)
    full = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/1 nodes: no cpu",
    }
    cluster.add(
        deployment("x", replicas=5, ready=4),
        replica_set("x", 12, replicas=5),
        *(pod(f"x-r12-{n}", owner="x-r12", app="x") for n in "abcd"),
        pod("x-r12-new", owner="x-r12", app="x", ready=False, phase="Pending", conditions=[full], containerStatuses=[]),
    )
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert at.line == "4 of 5 ready · waiting for x-r12-new: no node takes it: 0/1 nodes: no cpu"


async def test_a_stalled_scaling_offers_the_old_number() -> None:
    cluster = FakeCluster().add(deployment("x"))
    plan = await propose("scale x --replicas 5", cluster)
    refused = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota"}
    cluster.add(deployment("x", replicas=5, ready=4, status={"conditions": [refused]}))
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert (at.phase, at.reason) == (Phase.STALLED, "pods cannot be created: exceeded quota")
    assert at.next_line == plan.undo
