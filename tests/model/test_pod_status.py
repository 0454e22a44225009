"""STATUS, READY and RESTARTS as kubectl prints them, and what keeps a pod from being ready in words."""

import msgspec
import pytest

from bot.model.kube.pods import Pod
from bot.model.plan import Json
from bot.model.pod_status import summary
from bot.model.pod_trouble import Weight, trouble, worst

RUNNING = {"name": "app", "ready": True, "state": {"running": {}}}
READY = [{"type": "Ready", "status": "True"}, {"type": "Initialized", "status": "True"}]


def pod(*statuses: Json, name: str = "p", init: list[Json] | None = None, **more: Json) -> Pod:
    """A pod with these container statuses."""
    spec_init = [{"name": one["name"], "restartPolicy": one.pop("restartPolicy", "")} for one in init or []]
    status: dict[str, Json] = {
        "phase": "Running",
        "containerStatuses": statuses,
        "initContainerStatuses": init or [],
        **more,
    }
    meta = {"name": name, **status.pop("metadata", {})}
    containers = [{"name": one["name"]} for one in statuses] or [{"name": "app"}]
    return msgspec.convert(
        {"metadata": meta, "spec": {"containers": containers, "initContainers": spec_init}, "status": status}, Pod
    )


def container(state: str, reason: str = "", **more: Json) -> dict[str, Json]:
    """A container in that state."""
    detail: dict[str, Json] = {
        "reason": reason,
        **{key: more.pop(key) for key in ("exitCode", "signal", "message") if key in more},
    }
    status: dict[str, Json] = {"name": "app", "ready": False, "state": {state: detail}, **more}
    return status


LEAVING = {"deletionTimestamp": "2026-03-01T14:00:00Z"}


@pytest.mark.parametrize(
    ("it", "status", "ready"),
    [
        pytest.param(pod(RUNNING, conditions=READY), "Running", "1/1", id="running"),
        pytest.param(pod(phase="Pending"), "Pending", "0/1", id="pending"),
        pytest.param(
            pod(container("waiting", "CrashLoopBackOff")), "CrashLoopBackOff", "0/1", id="waiting names its reason"
        ),
        pytest.param(pod(container("terminated", "Completed"), phase="Succeeded"), "Completed", "0/1", id="completed"),
        pytest.param(pod(container("terminated", exitCode=3)), "ExitCode:3", "0/1", id="exit code without a reason"),
        pytest.param(pod(container("terminated", signal=9)), "Signal:9", "0/1", id="signal without a reason"),
        pytest.param(pod(phase="Failed", reason="Evicted"), "Evicted", "0/1", id="evicted"),
        pytest.param(pod(RUNNING, metadata=LEAVING), "Terminating", "1/1", id="leaving"),
        pytest.param(pod(RUNNING, metadata=LEAVING, reason="NodeLost"), "Unknown", "1/1", id="leaving a lost node"),
        pytest.param(
            pod(container("terminated", "Completed"), {**RUNNING, "name": "b"}, conditions=READY),
            "Running",
            "1/2",
            id="one completed beside a running one",
        ),
        pytest.param(
            pod(phase="Pending", init=[container("waiting", "CrashLoopBackOff")]),
            "Init:CrashLoopBackOff",
            "0/1",
            id="init crash-loops",
        ),
        pytest.param(
            pod(phase="Pending", init=[container("terminated", "Error", exitCode=1)]),
            "Init:Error",
            "0/1",
            id="init failed",
        ),
        pytest.param(
            pod(phase="Pending", init=[container("running"), {**container("waiting"), "name": "second"}]),
            "Init:0/2",
            "0/1",
            id="first of two init containers runs",
        ),
        pytest.param(
            pod(
                RUNNING,
                conditions=READY,
                init=[{**RUNNING, "name": "proxy", "started": True, "restartPolicy": "Always"}],
            ),
            "Running",
            "2/2",
            id="a sidecar counts",
        ),
        pytest.param(
            pod(phase="Pending", conditions=[{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]),
            "SchedulingGated",
            "0/1",
            id="gated",
        ),
    ],
)
def test_columns(it: Pod, status: str, ready: str) -> None:
    told = summary(it)
    assert (told.status, f"{told.ready}/{told.containers}") == (status, ready)


LAST = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}


@pytest.mark.parametrize(
    ("it", "weight", "line"),
    [
        pytest.param(
            pod(container("waiting", "CrashLoopBackOff", lastState=LAST)),
            Weight.HOPELESS,
            "p: CrashLoopBackOff, OOMKilled, exit 137",
            id="out of memory",
        ),
        pytest.param(
            pod(container("waiting", "ImagePullBackOff", message="not found")),
            Weight.HOPELESS,
            "p: ImagePullBackOff, not found",
            id="image",
        ),
        pytest.param(
            pod(container("waiting", "ContainerCreating"), phase="Pending"),
            Weight.STARTING,
            "p: creating its container",
            id="starting",
        ),
        pytest.param(
            pod({**RUNNING, "ready": False}), Weight.NOT_READY, "p: running, not ready", id="probe not passed"
        ),
        pytest.param(
            pod(container("terminated", "Error", exitCode=1, message="boom")),
            Weight.FAILING,
            "p: exit 1: `boom`",
            id="just crashed",
        ),
    ],
)
def test_trouble_is_named_with_its_evidence(it: Pod, weight: Weight, line: str) -> None:
    found = trouble(it)
    assert found is not None
    assert (found.weight, found.line) == (weight, line)


@pytest.mark.parametrize(
    "it",
    [
        pytest.param(pod(RUNNING, conditions=READY), id="ready"),
        pytest.param(pod({**RUNNING, "ready": False}, metadata=LEAVING), id="leaving"),
        pytest.param(pod(container("terminated", "Completed"), phase="Succeeded"), id="done"),
    ],
)
def test_a_pod_that_is_ready_leaving_or_done_is_no_trouble(it: Pod) -> None:
    assert trouble(it) is None


def test_the_gravest_pod_is_the_one_to_name() -> None:
    starting = pod(container("waiting", "ContainerCreating"), name="a", phase="Pending")
    crashing = pod(container("waiting", "CrashLoopBackOff"), name="b")
    found = worst([starting, crashing])
    assert found is not None
    assert found.pod == "b"
