"""kubectl's rules for how far a rollout is."""

import msgspec
import pytest

from bot.model.kube.workloads import DaemonSet, Deployment, StatefulSet
from bot.model.plan import Json, Phase
from bot.model.rollout import Workload, is_rolling_out, rollout


def deployment(generation: int = 3, **status: Json) -> Deployment:
    """Four replicas wanted."""
    return msgspec.convert(
        {
            "metadata": {"name": "x", "generation": generation},
            "spec": {"replicas": 4},
            "status": {"observedGeneration": 3, **status},
        },
        Deployment,
    )


TIMED_OUT = [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]


@pytest.mark.parametrize(
    ("it", "phase", "line", "ready"),
    [
        pytest.param(
            deployment(generation=4, replicas=4, updatedReplicas=4, availableReplicas=4),
            Phase.RUNNING,
            "waiting for deployment spec update to be observed",
            0,
            id="not seen by the controller yet",
        ),
        pytest.param(
            deployment(replicas=4, updatedReplicas=2, availableReplicas=4),
            Phase.RUNNING,
            "2 out of 4 new replicas have been updated",
            2,
            id="updating",
        ),
        pytest.param(
            deployment(replicas=5, updatedReplicas=4, availableReplicas=4),
            Phase.RUNNING,
            "1 old replicas are pending termination",
            4,
            id="old pods still leave",
        ),
        pytest.param(
            deployment(replicas=4, updatedReplicas=4, availableReplicas=3),
            Phase.RUNNING,
            "3 of 4 updated replicas are available",
            3,
            id="not all available",
        ),
        pytest.param(
            deployment(replicas=4, updatedReplicas=2, availableReplicas=2, conditions=TIMED_OUT),
            Phase.STALLED,
            "exceeded its progress deadline",
            2,
            id="past its deadline",
        ),
        pytest.param(
            deployment(replicas=4, updatedReplicas=4, availableReplicas=4),
            Phase.DONE,
            "successfully rolled out",
            4,
            id="done",
        ),
    ],
)
def test_a_deployment(it: Deployment, phase: Phase, line: str, ready: int) -> None:
    at = rollout(it)
    assert (at.phase, at.line, at.ready, at.wanted) == (phase, line, ready, 4)


def stateful_set(spec: dict[str, Json] | None = None, **status: Json) -> StatefulSet:
    """Three replicas wanted, updated one after the other."""
    strategy = {"type": "RollingUpdate"}
    return msgspec.convert(
        {
            "metadata": {"name": "x", "generation": 3},
            "spec": {"replicas": 3, "updateStrategy": strategy, **(spec or {})},
            "status": {"observedGeneration": 3, **status},
        },
        StatefulSet,
    )


PARTITION = {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}}


@pytest.mark.parametrize(
    ("it", "phase", "line"),
    [
        pytest.param(stateful_set(readyReplicas=2), Phase.RUNNING, "waiting for 1 pods to be ready", id="one away"),
        pytest.param(
            stateful_set(readyReplicas=3, updatedReplicas=1, currentRevision="a", updateRevision="b"),
            Phase.RUNNING,
            "1 pods at revision b",
            id="revisions differ",
        ),
        pytest.param(
            stateful_set(PARTITION, readyReplicas=3, updatedReplicas=0),
            Phase.RUNNING,
            "0 out of 1 new pods have been updated",
            id="partitioned",
        ),
        pytest.param(
            stateful_set(PARTITION, readyReplicas=3, updatedReplicas=1),
            Phase.DONE,
            "partitioned roll out complete: 1 new pods have been updated",
            id="partition done",
        ),
        pytest.param(
            stateful_set({"updateStrategy": {"type": "OnDelete"}}, readyReplicas=1),
            Phase.DONE,
            "OnDelete: each pod is updated when somebody deletes it",
            id="on delete",
        ),
        pytest.param(
            stateful_set(
                readyReplicas=3, updatedReplicas=3, currentReplicas=3, currentRevision="b", updateRevision="b"
            ),
            Phase.DONE,
            "rolling update complete 3 pods",
            id="done",
        ),
    ],
)
def test_a_stateful_set(it: StatefulSet, phase: Phase, line: str) -> None:
    assert (rollout(it).phase, rollout(it).line) == (phase, line)


@pytest.mark.parametrize(
    ("updated", "available", "phase"),
    [
        pytest.param(1, 3, Phase.RUNNING, id="updating"),
        pytest.param(3, 2, Phase.RUNNING, id="not all available"),
        pytest.param(3, 3, Phase.DONE, id="done"),
    ],
)
def test_a_daemon_set(updated: int, available: int, phase: Phase) -> None:
    status = {
        "observedGeneration": 1,
        "desiredNumberScheduled": 3,
        "updatedNumberScheduled": updated,
        "numberAvailable": available,
    }
    it = msgspec.convert({"metadata": {"name": "x", "generation": 1}, "status": status}, DaemonSet)
    assert rollout(it).phase is phase


def daemon_set(**status: Json) -> DaemonSet:
    """On three nodes."""
    status = {"observedGeneration": 1, "desiredNumberScheduled": 3, **status}
    return msgspec.convert({"metadata": {"name": "x", "generation": 1}, "status": status}, DaemonSet)


SAME: dict[str, Json] = {"currentRevision": "b", "updateRevision": "b"}
ONE_SHORT: dict[str, Json] = {"replicas": 4, "updatedReplicas": 4, "availableReplicas": 3}


def progressing(reason: str) -> list[Json]:
    return [{"type": "Progressing", "status": "True", "reason": reason}]


@pytest.mark.parametrize(
    ("it", "expected"),
    [
        pytest.param(deployment(**ONE_SHORT, conditions=progressing("ReplicaSetUpdated")), True, id="new pods start"),
        pytest.param(
            deployment(**ONE_SHORT, conditions=progressing("NewReplicaSetAvailable")), False, id="a pod was lost"
        ),
        pytest.param(
            deployment(generation=4, **ONE_SHORT, conditions=progressing("NewReplicaSetAvailable")),
            True,
            id="a new rollout, not seen yet",
        ),
        pytest.param(
            stateful_set(readyReplicas=2, currentRevision="a", updateRevision="b"), True, id="one after other"
        ),
        pytest.param(stateful_set(readyReplicas=2, **SAME), False, id="an ordinal was lost"),
        pytest.param(daemon_set(updatedNumberScheduled=1, numberAvailable=3), True, id="node by node"),
        pytest.param(daemon_set(updatedNumberScheduled=3, numberAvailable=2), False, id="a node was lost"),
        pytest.param(daemon_set(updatedNumberScheduled=3, numberAvailable=3), False, id="done"),
    ],
)
def test_a_workload_that_only_lacks_pods_does_not_roll_out(it: Workload, expected: bool) -> None:
    assert is_rolling_out(it) is expected
