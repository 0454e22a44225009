"""Findings: of objects that are well nothing is kept, and nothing is believed well before it was read."""

from datetime import timedelta

import msgspec
import pytest

from bot.engine.findings import Findings
from bot.model.kube.jobs import Job
from bot.model.kube.pods import WatchedPod
from bot.model.symptom import Fault
from bot.watchers import WATCHERS
from tests.engine.dark import Dark
from tests.fakes import objects
from tests.fakes.clocks import HandClock
from tests.fakes.objects import NOW, ago, waiting


@pytest.fixture
def findings() -> Findings:
    """Nothing was told yet."""
    return Findings(WATCHERS, HandClock(NOW), settle=timedelta(minutes=10))


def pod(name: str, *, sick: bool) -> WatchedPod:
    """A pod that crashes, or one that runs."""
    if not sick:
        return msgspec.convert(objects.pod(name), WatchedPod)
    status = waiting("CrashLoopBackOff", restarts=2)
    return msgspec.convert(objects.pod(name, ready=False, containerStatuses=[status]), WatchedPod)


def test_only_what_is_wrong_is_kept_and_matters(findings: Findings) -> None:
    sink = findings.sinks[WatchedPod]
    assert [sink.on_object(pod(f"p-{number}", sick=number == 7), True) for number in range(10)].index(True) == 7
    assert len(findings) == 1
    assert not sink.on_object(pod("p-7", sick=False), True)
    assert len(findings) == 0


def test_the_same_state_told_again_wakes_nobody(findings: Findings) -> None:
    sink = findings.sinks[WatchedPod]
    sink.on_object(pod("p", sick=True), True)
    findings.changed.clear()
    sink.on_object(pod("p", sick=True), False)
    assert not findings.changed.is_set()


def test_everything_is_read_when_every_kind_was(findings: Findings) -> None:
    *sinks, last = findings.sinks.values()
    for sink in sinks:
        sink.on_synced()
    assert not findings.is_whole
    last.on_synced()
    assert findings.is_whole


def test_a_kind_that_may_not_be_seen_keeps_only_its_own_incidents_from_ending(findings: Findings) -> None:
    findings.sights = {Job: Dark()}
    for kind, sink in findings.sinks.items():
        assert not findings.may_end(Fault.CRASH_LOOP, "saasodoo")
        if kind is not Job:
            sink.on_synced()
    assert findings.is_whole
    assert findings.may_end(Fault.CRASH_LOOP, "saasodoo")
    assert not findings.may_end(Fault.JOB_FAILED, "saasodoo")
    assert findings.complaints == (Dark.complaint,)


def test_in_a_namespace_that_may_be_seen_incidents_end_though_another_is_hidden(findings: Findings) -> None:
    findings.sights = {WatchedPod: Dark(only=("payroll",))}
    for kind, sink in findings.sinks.items():
        if kind is not WatchedPod:
            sink.on_synced()
    assert findings.may_end(Fault.CRASH_LOOP, "saasodoo")
    assert not findings.may_end(Fault.CRASH_LOOP, "payroll")


def test_what_may_be_read_and_was_not_yet_keeps_everything_from_ending(findings: Findings) -> None:
    findings.sights = {WatchedPod: Dark(only=("payroll",), forbidden="")}
    for kind, sink in findings.sinks.items():
        if kind is not WatchedPod:
            sink.on_synced()
    assert not findings.may_end(Fault.CRASH_LOOP, "saasodoo")


def test_what_something_unread_may_explain_waits_to_be_opened(findings: Findings) -> None:
    *sinks, last = findings.sinks.values()
    for sink in sinks:
        sink.on_synced()
    assert findings.may_open(Fault.CRASH_LOOP)
    assert not findings.may_open(Fault.ROLLOUT_STALLED)
    last.on_synced()
    assert findings.may_open(Fault.ROLLOUT_STALLED)


def test_a_job_of_which_only_the_end_is_seen_is_remembered_until_it_was_told(findings: Findings) -> None:
    condition = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "lastTransitionTime": ago()}
    job = msgspec.convert({"metadata": objects.meta("backup"), "status": {"conditions": [condition]}}, Job)
    findings.sinks[Job].on_deleted("uid-backup", job)
    assert [one.owner.name for one in findings] == ["backup"]
    findings.forget_what_is_over()
    assert len(findings) == 1


def test_a_pod_that_is_deleted_while_it_crashes_is_forgotten(findings: Findings) -> None:
    sick = pod("p", sick=True)
    findings.sinks[WatchedPod].on_object(sick, True)
    findings.sinks[WatchedPod].on_deleted("uid-p", sick)
    assert len(findings) == 0


def test_an_old_restart_of_a_container_that_runs_for_long_is_not_kept(findings: Findings) -> None:
    status = {
        "name": "app",
        "ready": True,
        "restartCount": 3,
        "state": {"running": {"startedAt": ago(hours=3)}},
        "lastState": {"terminated": {"exitCode": 1, "finishedAt": ago(hours=3)}},
    }
    old = msgspec.convert(objects.pod("p", containerStatuses=[status]), WatchedPod)
    assert not findings.sinks[WatchedPod].on_object(old, False)
    assert len(findings) == 0
