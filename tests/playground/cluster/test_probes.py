"""When a liveness probe ends a container, and a readiness probe lets traffic in, by the clock."""

import pytest

from playground.cluster import PracticeCluster
from playground.cluster.resources import DEPLOYMENTS
from tests.playground.cluster.conftest import TurnedClock, deployment
from tests.playground.cluster.test_time import app, pods


@pytest.mark.parametrize(
    ("command", "after_s", "restarts"),
    [
        pytest.param(["false"], 45, 0, id="three failures are not four"),
        pytest.param(["false"], 55, 1, id="four are"),
        pytest.param(["true"], 600, 0, id="it passes"),
        pytest.param(["pg_isready", "-q"], 600, 0, id="a program that is only in real images"),
    ],
)
async def test_a_container_is_killed_after_so_many_failures_in_a_row(
    cluster: PracticeCluster, clock: TurnedClock, command: list[str], after_s: float, restarts: int
) -> None:
    made = deployment("web", 1)
    probe = {"exec": {"command": command}, "initialDelaySeconds": 20, "periodSeconds": 10, "failureThreshold": 4}
    made["spec"]["template"]["spec"]["containers"][0]["livenessProbe"] = probe
    cluster.state.create(DEPLOYMENTS, made)
    await clock.turn(after_s)
    assert app(pods(cluster)[0])["restartCount"] == restarts


@pytest.mark.parametrize(
    ("wanted", "after_s", "ready"),
    [
        pytest.param(1, 15, False, id="not asked yet"),
        pytest.param(1, 25, True, id="one pass is enough"),
        pytest.param(3, 35, False, id="two passes are not three"),
        pytest.param(3, 45, True, id="three are"),
    ],
)
async def test_a_container_is_ready_after_so_many_passes_in_a_row(
    cluster: PracticeCluster, clock: TurnedClock, wanted: int, after_s: float, ready: bool
) -> None:
    made = deployment("web", 1)
    probe = {"exec": {"command": ["true"]}, "initialDelaySeconds": 20, "periodSeconds": 10, "successThreshold": wanted}
    made["spec"]["template"]["spec"]["containers"][0]["readinessProbe"] = probe
    cluster.state.create(DEPLOYMENTS, made)
    await clock.turn(after_s)
    assert app(pods(cluster)[0])["ready"] is ready
