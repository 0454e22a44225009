"""restart: what it says before, what it writes, how it is found again and followed."""

from datetime import UTC, datetime

import pytest

from bot.errors import BadArguments, Conflict, NotFound
from bot.model.logs import LogLine, LogRead, LogSource
from bot.model.plan import Effect, Json, Mark, Phase
from bot.ports import ReadOnly
from tests.commands.asking import backends, change, propose
from tests.fakes.cluster import FakeCluster
from tests.fakes.logs import FakeLogs
from tests.fakes.objects import NOW, ago, deployment, meta, pod, replica_set, template, waiting

MARK = Mark("op-1", "audit-1", resource_version="1", at=datetime(2026, 3, 1, 14, 3, 5, tzinfo=UTC))
RECREATE: dict[str, Json] = {"spec": {"strategy": {"type": "Recreate"}}}


def worker(**more: Json) -> FakeCluster:
    """A Recreate deployment with four pods."""
    pods = [pod(f"instance-worker-r12-{n}", owner="instance-worker-r12", app="instance-worker") for n in "abcd"]
    return FakeCluster().add(
        deployment("instance-worker", **{**RECREATE, **more}), replica_set("instance-worker", 12, replicas=4), *pods
    )


async def test_the_card_says_what_it_costs() -> None:
    plan = await propose("restart instance-worker", worker())
    assert plan.title == "Restart deployment/instance-worker"
    assert plan.line == "restart deployment/instance-worker -n saasodoo"
    assert [(fact.label, fact.text) for fact in plan.facts] == [
        ("Strategy", "Recreate: all 4 pods stop before new ones start"),
        ("Away", "about 40 s: its pods took that long to become ready"),
        ("Pods", "4 of 4 ready · revision 12 · image app:1.8.2"),
    ]
    assert plan.warnings == ()
    assert plan.undo == ""


async def test_a_rolling_update_without_unavailable_pods_is_never_away() -> None:
    cluster = FakeCluster().add(deployment("instance-service", replicas=2))
    facts = {fact.label: fact.text for fact in (await propose("restart instance-service", cluster)).facts}
    assert facts["Strategy"] == "RollingUpdate: 1 more at a time, never fewer than 2 of 2"
    assert facts["Away"] == "nothing: new pods are ready before old ones stop"


ONE_LESS: Json = {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}}


@pytest.mark.parametrize(
    ("ready", "words"),
    [
        pytest.param(True, "1 pod, about 40 s: its pods took that long to become ready", id="judged by its pods"),
        pytest.param(False, "1 pod, unknown: no pod is ready now", id="no pod to judge by"),
    ],
)
async def test_away_counts_the_pods_that_are_missing_meanwhile(*, ready: bool, words: str) -> None:
    cluster = FakeCluster().add(deployment("x", spec=ONE_LESS), replica_set("x", 1, replicas=4))
    if ready:
        cluster.add(pod("x-r1-a", owner="x-r1", app="x"))
    facts = {fact.label: fact.text for fact in (await propose("restart x", cluster)).facts}
    assert facts["Away"] == words


DEADLINE = "ProgressDeadlineExceeded"


@pytest.mark.parametrize(
    ("more", "warning"),
    [
        pytest.param({"status": {"updatedReplicas": 2}}, "A rollout of deployment/x is still running", id="rollout"),
        pytest.param(
            {"status": {"conditions": [{"type": "Progressing", "status": "False", "reason": DEADLINE}]}},
            "A rollout of deployment/x has stalled: exceeded its progress deadline",
            id="stalled rollout",
        ),
        pytest.param({"spec": {"replicas": 1, "strategy": {"type": "Recreate"}}}, "nothing answers", id="single"),
        pytest.param(
            {"spec": {"template": template("x", "a", **{"kubectl.kubernetes.io/restartedAt": ago(minutes=4)})}},
            "was restarted 4m ago",
            id="restarted lately",
        ),
    ],
)
async def test_a_warning_names_what_makes_it_riskier(more: dict[str, Json], warning: str) -> None:
    plan = await propose("restart x", FakeCluster().add(deployment("x", **more)))
    assert any(warning in said for said in plan.warnings), plan.warnings


async def test_where_nothing_answers_already_no_warning_says_that_nothing_will() -> None:
    plan = await propose("restart x", FakeCluster().add(deployment("x", replicas=1, ready=0, **RECREATE)))
    assert not any("nothing answers" in said for said in plan.warnings), plan.warnings


async def test_a_budget_that_does_not_hold_here_is_named() -> None:
    budget = {
        "kind": "PodDisruptionBudget",
        "metadata": meta("worker-pdb"),
        "spec": {"selector": {"matchLabels": {"app": "instance-worker"}}},
    }
    plan = await propose("restart instance-worker", worker().add(budget))
    assert plan.warnings == ("PodDisruptionBudget worker-pdb does not limit a restart: it holds for evictions only",)


async def test_several_restart_together_in_the_order_asked() -> None:
    cluster = FakeCluster().add(deployment("instance-service"), deployment("instance-worker", **RECREATE))
    plan = await propose("restart instance-service instance-worker instance-service", cluster)
    assert [str(step.target) for step in plan.steps] == ["deployment/instance-service", "deployment/instance-worker"]
    assert [fact.label for fact in plan.facts] == ["instance-service", "instance-worker"]


async def test_a_typo_is_answered_with_near_misses_as_lines() -> None:
    cluster = FakeCluster().add(deployment("instance-worker"), deployment("billing-service"))
    with pytest.raises(NotFound, match="No deployment “instance-wroker” in saasodoo") as refused:
        await propose("restart instance-wroker", cluster)
    assert refused.value.suggestions == ("restart deployment/instance-worker -n saasodoo",)


async def test_a_paused_deployment_is_refused_with_the_way_out() -> None:
    cluster = FakeCluster().add(deployment("instance-worker", spec={"paused": True}))
    with pytest.raises(BadArguments, match="is paused") as refused:
        await propose("restart instance-worker", cluster)
    assert refused.value.suggestions == ("rollout resume instance-worker -n saasodoo",)


async def test_the_write_carries_mark_precondition_and_the_fixed_time() -> None:
    cluster = worker()
    plan = await propose("restart instance-worker", cluster)
    await change(plan).apply(plan.steps[0], backends(cluster), MARK)
    [(how, target, body, audit_id)] = cluster.writes
    assert (how, target, audit_id) == ("strategic", "deployment/instance-worker", "audit-1")
    assert body["metadata"] == {
        "uid": "uid-instance-worker",
        "resourceVersion": "1",
        "annotations": {"chatops.saas.io/operation": "op-1"},
    }
    annotations = body["spec"]["template"]["metadata"]["annotations"]
    assert annotations == {"kubectl.kubernetes.io/restartedAt": "2026-03-01T14:03:05Z"}


async def test_a_stale_version_is_not_written() -> None:
    cluster = worker()
    plan = await propose("restart instance-worker", cluster)
    await change(plan).apply(plan.steps[0], backends(cluster), MARK)
    with pytest.raises(Conflict):
        await change(plan).apply(plan.steps[0], backends(cluster), MARK)
    assert len(cluster.writes) == 1


async def test_the_effect_is_found_again_by_its_mark() -> None:
    cluster = worker()
    plan = await propose("restart instance-worker", cluster)
    [step] = plan.steps
    on = ReadOnly(cluster=cluster)
    assert await change(plan).effect(step, on, MARK) is Effect.ABSENT
    await change(plan).apply(step, backends(cluster), MARK)
    assert await change(plan).effect(step, on, MARK) is Effect.PRESENT


async def test_a_target_that_somebody_else_changed_is_unclear() -> None:
    cluster = worker()
    plan = await propose("restart instance-worker", cluster)
    cluster.objects[("deployments", "saasodoo", "instance-worker")]["metadata"]["generation"] = 9
    assert await change(plan).effect(plan.steps[0], ReadOnly(cluster=cluster), MARK) is Effect.UNCLEAR


async def test_a_new_pod_that_crash_loops_stalls_the_rollout_at_once() -> None:
    cluster = worker()
    plan = await propose("restart instance-worker", cluster)
    last = {"exitCode": 1, "reason": "Error", "message": "Traceback\nKeyError: 'BROKER_URL'"}
    crashing = waiting("CrashLoopBackOff", restarts=2, last=last)
    stalled = deployment("instance-worker", status={"updatedReplicas": 2, "availableReplicas": 2}, **RECREATE)
    stalled["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "13"}
    cluster.add(
        stalled,
        replica_set("instance-worker", 11, image="registry/app:1.8.1"),
        replica_set("instance-worker", 13, replicas=4),
        pod(
            "instance-worker-r13-k8d",
            owner="instance-worker-r13",
            app="instance-worker",
            ready=False,
            containerStatuses=[crashing],
        ),
    )
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert at.phase is Phase.STALLED
    assert at.reason == "instance-worker-r13-k8d: CrashLoopBackOff, exit 1: `KeyError: 'BROKER_URL'`"
    assert at.next_line == "rollback deployment/instance-worker --to-revision 11 -n saasodoo"


async def test_an_image_that_is_not_there_stalls_the_rollout_in_plain_words() -> None:
    cluster = worker(status={"updatedReplicas": 1, "availableReplicas": 0})
    plan = await propose("restart instance-worker", cluster)
    said = (
        'Back-off pulling image "registry/app:9": ErrImagePull: rpc error: code = NotFound desc = failed to pull and '
        'unpack image "registry/app:9": failed to resolve reference "registry/app:9": registry/app:9: not found'
    )
    stuck = [waiting("ImagePullBackOff", said)]
    name, made_by = "instance-worker-r12-z", "instance-worker-r12"
    cluster.add(pod(name, owner=made_by, app="instance-worker", ready=False, containerStatuses=stuck))
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert at.phase is Phase.STALLED
    why = "The registry has no image of this name and tag: `registry/app:9: not found`"
    assert at.reason == f"{name}: ImagePullBackOff: {why}"


async def test_an_old_pod_that_crash_loops_does_not_stall_the_rollout() -> None:
    cluster = worker(status={"updatedReplicas": 2, "availableReplicas": 2})
    plan = await propose("restart instance-worker", cluster)
    cluster.add(
        replica_set("instance-worker", 13, replicas=4),
        pod(
            "instance-worker-r12-a",
            owner="instance-worker-r12",
            app="instance-worker",
            ready=False,
            containerStatuses=[waiting("CrashLoopBackOff", restarts=2)],
        ),
    )
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert at.phase is Phase.RUNNING


async def test_a_workload_deleted_while_followed_has_stalled_not_succeeded() -> None:
    cluster = worker()
    plan = await propose("restart instance-worker", cluster)
    cluster.objects.clear()
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert at.phase is Phase.STALLED
    assert "deleted" in at.reason


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        pytest.param(["Traceback", "KeyError: 'BROKER_URL'", "}", ""], ": `KeyError: 'BROKER_URL'`", id="last words"),
        pytest.param([], "", id="nothing written"),
    ],
)
async def test_a_silent_crash_is_told_with_the_last_line_of_its_log(written: list[str], reason: str) -> None:
    cluster = worker(status={"updatedReplicas": 2, "availableReplicas": 2})
    plan = await propose("restart instance-worker", cluster)
    silent = waiting("CrashLoopBackOff", restarts=2, last={"exitCode": 1, "reason": "Error"})
    crashing = pod("x-1", owner="instance-worker-r12", app="instance-worker", ready=False, containerStatuses=[silent])
    source = LogSource("x-1", "app")
    logs = FakeLogs(LogRead(lines=tuple(LogLine(source, None, text) for text in written)))
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster.add(crashing), logs=logs), NOW)
    assert at.reason == f"x-1: CrashLoopBackOff, exit 1{reason}"
    [asked] = logs.asked
    assert (asked.sources, asked.previous) == ((source,), True)


async def test_only_new_pods_count_as_progress() -> None:
    cluster = FakeCluster().add(deployment("x", replicas=2), replica_set("x", 12), replica_set("x", 13, replicas=2))
    plan = await propose("restart x", cluster)
    updating = deployment("x", replicas=2, status={"replicas": 3, "updatedReplicas": 2, "availableReplicas": 2})
    cluster.add(
        updating,
        pod("x-r12-a", owner="x-r12", app="x"),
        pod("x-r13-a", owner="x-r13", app="x"),
        pod("x-r13-b", owner="x-r13", app="x", ready=False),
    )
    at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert (at.ready, at.line) == (1, "1 of 2 ready · waiting for x-r13-b: running, not ready")
