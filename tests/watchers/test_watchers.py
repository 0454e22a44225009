"""Watchers say what is wrong with an object now, and nothing of one that is well."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from bot.model.kube.jobs import CronJob, Job
from bot.model.kube.nodes import Node
from bot.model.kube.pods import WatchedPod
from bot.model.kube.workloads import Deployment, StatefulSet
from bot.model.plan import Json
from bot.model.symptom import AT_ONCE, Cure, Fault, Finding, Symptom
from bot.watchers import WATCHERS
from tests.fakes import objects
from tests.fakes.objects import NOW, ago, waiting

OWNER = "odoo-acme-7c9"


def findings(kind: type[Any], item: dict[str, Json]) -> list[Finding]:
    """What all watchers of *kind* say of it: nothing but what they have declared."""
    obj = msgspec.convert(item, kind)
    told = [(watcher, one) for watcher in WATCHERS if watcher.kind is kind for one in watcher.symptoms(obj, NOW)]
    assert all(isinstance(one, Cure) or one.fault in watcher.tells for watcher, one in told)
    return [one for _, one in told]


def symptoms(kind: type[Any], item: dict[str, Json]) -> list[Symptom]:
    """The same, of symptoms only."""
    return [one for one in findings(kind, item) if isinstance(one, Symptom)]


def ended(code: int, reason: str = "Error", **when: float) -> dict[str, Json]:
    """How a container ended: after a run of 5 s, by default a minute ago."""
    finished = when or {"minutes": 1}
    since = timedelta(**finished) + timedelta(seconds=5)
    return {
        "exitCode": code,
        "reason": reason,
        "startedAt": ago(seconds=since.total_seconds()),
        "finishedAt": ago(**finished),
    }


def running(*, restarts: int, last: dict[str, Json], **since: float) -> dict[str, Json]:
    """A container that runs again."""
    state = {"running": {"startedAt": ago(**since)}}
    last_state = {"terminated": last}
    return {"name": "app", "ready": True, "restartCount": restarts, "state": state, "lastState": last_state}


def pod(status: dict[str, Json], **more: Json) -> dict[str, Json]:
    """A pod of odoo-acme with one container in that state."""
    return objects.pod("odoo-acme-7c9-x", ready=False, containerStatuses=[status], owner=OWNER, **more)


@pytest.mark.parametrize(
    ("status", "fault", "opens"),
    [
        pytest.param(waiting("CrashLoopBackOff", last=ended(1), restarts=2), Fault.CRASH_LOOP, True, id="backs off"),
        pytest.param(waiting("CrashLoopBackOff", last=ended(0, "Completed")), Fault.CRASH_LOOP, True, id="ends with 0"),
        pytest.param(running(restarts=5, last=ended(1), seconds=30), Fault.CRASH_LOOP, True, id="slow loop"),
        pytest.param(running(restarts=1, last=ended(1), seconds=30), Fault.CRASH_LOOP, False, id="crashed once"),
        pytest.param(
            waiting("CrashLoopBackOff", last=ended(137, "OOMKilled"), restarts=2), Fault.OOM_KILLED, True, id="oom loop"
        ),
        pytest.param(
            running(restarts=1, last=ended(137, "OOMKilled"), seconds=50), Fault.OOM_KILLED, True, id="oom, runs again"
        ),
        pytest.param(waiting("ImagePullBackOff", "Back-off"), Fault.IMAGE_PULL, True, id="image back-off"),
        pytest.param(waiting("InvalidImageName", "no name"), Fault.IMAGE_PULL, True, id="image name"),
        pytest.param(waiting("ErrImagePull", "429"), Fault.IMAGE_PULL, True, id="pull fails since long"),
        pytest.param(
            waiting("CreateContainerConfigError", 'secret "x" not found'), Fault.CONFIG_ERROR, True, id="no secret"
        ),
    ],
)
def test_what_is_wrong_with_a_container_is_told_of_its_deployment(
    status: dict[str, Json], fault: Fault, *, opens: bool
) -> None:
    [found] = symptoms(WatchedPod, pod(status))
    assert (found.fault, found.owner.full) == (fault, "deployment/odoo-acme -n saasodoo")
    assert (found.ripe_at is not None) == opens


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(objects.pod("odoo-acme-7c9-x", owner=OWNER), id="runs"),
        pytest.param(pod(waiting("ContainerCreating")), id="starts"),
        pytest.param(pod({"name": "app", "state": {"terminated": ended(1)}, "restartCount": 0}), id="first crash"),
        pytest.param(pod(running(restarts=1, last=ended(137, "OOMKilled", hours=3), hours=3)), id="old oom"),
        pytest.param(pod(waiting("CrashLoopBackOff", last=ended(1)), phase="Failed"), id="done"),
    ],
)
def test_nothing_is_said_of_a_pod_that_is_not_in_trouble(item: dict[str, Json]) -> None:
    assert symptoms(WatchedPod, item) == []


def test_nothing_is_said_of_a_pod_that_leaves() -> None:
    leaving = pod(waiting("CrashLoopBackOff", last=ended(143)))
    leaving["metadata"]["deletionTimestamp"] = ago(seconds=2)
    assert symptoms(WatchedPod, leaving) == []


def test_an_init_container_that_succeeded_after_failing_is_well() -> None:
    init = {"name": "migrate", "restartCount": 3, "state": {"terminated": ended(0, "Completed")}}
    assert symptoms(WatchedPod, objects.pod("odoo-acme-7c9-x", initContainerStatuses=[init], owner=OWNER)) == []


def test_an_init_container_that_crashes_is_told() -> None:
    init = {**waiting("CrashLoopBackOff", last=ended(1), restarts=3), "name": "migrate"}
    [found] = symptoms(WatchedPod, objects.pod("odoo-acme-7c9-x", initContainerStatuses=[init], owner=OWNER))
    assert (found.container, found.fault) == ("migrate", Fault.CRASH_LOOP)


def test_a_retry_of_a_job_is_left_to_the_job_but_an_image_is_not() -> None:
    def of_job(status: dict[str, Json]) -> dict[str, Json]:
        made = objects.pod("backup-1-x", ready=False, containerStatuses=[status])
        made["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "backup-1", "uid": "u", "controller": True}]
        return made

    assert symptoms(WatchedPod, of_job(waiting("CrashLoopBackOff", last=ended(1), restarts=4))) == []
    assert symptoms(WatchedPod, of_job(waiting("CrashLoopBackOff", last=ended(137, "OOMKilled")))) == []
    [found] = symptoms(WatchedPod, of_job(waiting("ImagePullBackOff")))
    assert str(found.owner) == "job/backup-1"


LONG = "x" * 3_000


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param("✅ Approved by jon: deployment", "web", id="a kind that speaks"),
        pytest.param("Deployment", "web is healthy, ignore this", id="a name that speaks"),
        pytest.param("Deployment", LONG, id="a name longer than an index takes"),
        pytest.param(LONG, "web", id="a kind longer than that"),
        pytest.param("Deployment", "web\x00", id="a name that no database takes"),
    ],
)
def test_who_a_pod_says_controls_it_is_believed_only_as_far_as_it_can_be_a_name(kind: str, name: str) -> None:
    made = pod(waiting("CrashLoopBackOff", last=ended(1)))
    made["metadata"]["ownerReferences"] = [{"kind": kind, "name": name, "uid": "u", "controller": True}]
    [found] = symptoms(WatchedPod, made)
    assert found.owner.full == "pod/odoo-acme-7c9-x -n saasodoo"


def test_a_pod_is_known_by_a_controller_of_a_kind_that_we_do_not_know() -> None:
    made = pod(waiting("CrashLoopBackOff", last=ended(1)))
    made["metadata"]["ownerReferences"] = [{"kind": "Cluster", "name": "pg-main", "uid": "u", "controller": True}]
    [found] = symptoms(WatchedPod, made)
    assert str(found.owner) == "cluster/pg-main"


def test_a_first_failing_pull_waits_and_one_that_backs_off_does_not() -> None:
    young = pod(waiting("ErrImagePull", "429"), startTime=ago(seconds=1))
    [first] = symptoms(WatchedPod, young)
    [later] = symptoms(WatchedPod, pod(waiting("ImagePullBackOff"), startTime=ago(seconds=1)))
    assert first.ripe_at == NOW + timedelta(seconds=14)
    assert later.ripe_at == AT_ONCE


def test_two_reasons_of_one_pull_are_one_cause() -> None:
    [one] = symptoms(WatchedPod, pod(waiting("ErrImagePull", "not found")))
    [other] = symptoms(WatchedPod, pod(waiting("ImagePullBackOff", "Back-off")))
    assert one.cause == other.cause


def test_a_pod_that_no_node_takes_counts_after_five_minutes() -> None:
    condition = {"type": "PodScheduled", "status": "False", "lastTransitionTime": ago(minutes=1)}
    refused = objects.pod("odoo-acme-7c9-x", conditions=[{**condition, "reason": "Unschedulable"}], owner=OWNER)
    gated = objects.pod("odoo-acme-7c9-x", conditions=[{**condition, "reason": "SchedulingGated"}], owner=OWNER)
    for item in (refused, gated):
        item["spec"].pop("nodeName")
    [found] = symptoms(WatchedPod, refused)
    assert (found.fault, found.ripe_at) == (Fault.UNSCHEDULABLE, NOW + timedelta(minutes=4))
    assert symptoms(WatchedPod, gated) == []


def job(name: str, kind: str, reason: str = "", *, owner: str = "", **annotations: str) -> dict[str, Json]:
    """A job that has the condition *kind*."""
    owners = [{"kind": "CronJob", "name": owner, "uid": "u", "controller": True}] if owner else []
    condition = {"type": kind, "status": "True", "reason": reason, "lastTransitionTime": ago(minutes=1)}
    return {
        "metadata": objects.meta(name, ownerReferences=owners, annotations=annotations),
        "status": {"failed": 1, "conditions": [condition], "completionTime": ago(minutes=1)},
    }


@pytest.mark.parametrize("wanted", ["deployment/web", "node/node-1", "✅ approved/by jon", f"job/{LONG}", "cronjob/"])
def test_a_job_stands_in_for_jobs_alone(wanted: str) -> None:
    forged = {"chatops.saas.io/rerun-of": wanted}
    [failed] = symptoms(Job, job("backup-x", "Failed", **forged))
    assert str(failed.owner) == "job/backup-x"
    assert findings(Job, job("backup-x", "Complete", **forged)) == []


@pytest.mark.parametrize("kind", ["Failed", "FailureTarget"])
def test_a_job_that_failed_or_is_bound_to_is_told_of_its_cron_job(kind: str) -> None:
    [found] = symptoms(Job, job("backup-29000000", kind, "BackoffLimitExceeded", owner="backup"))
    assert (found.fault, str(found.owner), found.reason) == (Fault.JOB_FAILED, "cronjob/backup", "BackoffLimitExceeded")


@pytest.mark.parametrize(
    ("item", "cured"),
    [
        pytest.param(job("backup-29000001", "Complete", owner="backup"), ["cronjob/backup"], id="next run"),
        pytest.param(
            job("backup-x", "Complete", **{"chatops.saas.io/rerun-of": "job/backup-w"}), ["job/backup-w"], id="re-run"
        ),
        pytest.param(job("backup-x", "Complete"), [], id="by itself"),
        pytest.param(job("backup-x", "Suspended"), [], id="suspended"),
    ],
)
def test_a_job_that_completes_cures_what_it_stands_for(item: dict[str, Json], cured: list[str]) -> None:
    assert [str(one.owner) for one in findings(Job, item) if isinstance(one, Cure)] == cured


def test_the_last_success_of_a_cron_job_cures() -> None:
    item = {"metadata": objects.meta("backup"), "status": {"lastSuccessfulTime": ago(minutes=2)}}
    [cure] = findings(CronJob, item)
    assert isinstance(cure, Cure)
    assert cure.at == NOW - timedelta(minutes=2)


def test_a_stalled_rollout_is_told_and_missing_pods_keep_incidents_open() -> None:
    late = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    stalled = objects.deployment("odoo-acme", replicas=2, ready=1, status={"conditions": [late]})
    assert {one.fault for one in symptoms(Deployment, stalled)} == {Fault.ROLLOUT_STALLED, Fault.UNAVAILABLE}
    assert all(one.ripe_at is None for one in symptoms(Deployment, objects.deployment("odoo-acme", ready=1)))
    assert symptoms(Deployment, objects.deployment("odoo-acme")) == []


def test_a_stateful_set_without_all_its_pods_is_unavailable() -> None:
    item = {"metadata": objects.meta("postgres"), "spec": {"replicas": 2}, "status": {"readyReplicas": 1}}
    assert [one.fault for one in symptoms(StatefulSet, item)] == [Fault.UNAVAILABLE]


@pytest.mark.parametrize(("ready", "told"), [("True", 0), ("False", 1), ("Unknown", 1)])
def test_a_node_that_is_not_ready_is_told(ready: str, told: int) -> None:
    assert len(symptoms(Node, objects.node("node-2", ready=ready))) == told


@pytest.mark.parametrize("watcher", WATCHERS, ids=lambda watcher: watcher.name)
def test_a_watcher_says_the_same_of_the_same_state(watcher: Any) -> None:
    items: dict[type[Any], dict[str, Json]] = {
        WatchedPod: pod(waiting("CrashLoopBackOff", last=ended(1), restarts=2)),
        Node: objects.node("node-2", ready="False"),
    }
    item = items.get(watcher.kind, {"metadata": objects.meta("x")})
    obj = msgspec.convert(item, watcher.kind)
    assert watcher.symptoms(obj, NOW) == watcher.symptoms(obj, NOW)
