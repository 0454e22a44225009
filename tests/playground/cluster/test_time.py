"""What takes long on a real cluster, seen here by turning the clock."""

import pytest

from playground.cluster import PracticeCluster
from playground.cluster.controllers.conditions import condition
from playground.cluster.kobject import Object
from playground.cluster.resources import DEPLOYMENTS, EVENTS, JOBS, NODES, PODS
from tests.playground.cluster.conftest import TurnedClock, deployment


def pods(cluster: PracticeCluster) -> list[Object]:
    return cluster.store.items(PODS, "default")


def app(pod: Object) -> Object:
    status: Object = pod["status"]["containerStatuses"][0]
    return status


async def test_the_back_off_of_a_crash_loop_doubles_up_to_five_minutes(
    cluster: PracticeCluster, clock: TurnedClock
) -> None:
    cluster.state.create(DEPLOYMENTS, deployment("web", 1, "registry.example/app:1.0-crash"))
    told: list[str] = []
    for _ in range(900):
        await clock.turn(1)
        waiting = app(pods(cluster)[0])["state"].get("waiting", {})
        if waiting.get("reason") == "CrashLoopBackOff":
            length = waiting["message"].split()[1]
            told = told if told[-1:] == [length] else [*told, length]
    assert told == ["10s", "20s", "40s", "1m20s", "2m40s", "5m0s"]


async def test_the_first_restart_is_at_once(cluster: PracticeCluster, clock: TurnedClock) -> None:
    cluster.state.create(DEPLOYMENTS, deployment("web", 1, "registry.example/app:1.0-crash"))
    seen: list[tuple[str, int]] = []
    for _ in range(80):
        await clock.turn(0.1)
        found = pods(cluster)[0]["status"].get("containerStatuses")
        if found:
            step = next(iter(found[0]["state"])), found[0]["restartCount"]
            seen = seen if seen[-1:] == [step] else [*seen, step]
    assert seen == [
        ("waiting", 0),
        ("running", 0),
        ("terminated", 0),
        ("running", 1),
        ("terminated", 1),
        ("waiting", 1),
    ]


async def test_a_container_out_of_memory_says_so(cluster: PracticeCluster, clock: TurnedClock) -> None:
    cluster.state.create(DEPLOYMENTS, deployment("web", 1, "registry.example/app:1.0-oom"))
    await clock.turn(8)
    last = app(pods(cluster)[0])["lastState"]["terminated"]
    assert (last["reason"], last["exitCode"]) == ("OOMKilled", 137)


@pytest.mark.parametrize(
    ("image", "reason", "says"),
    [
        ("registry.example/app:missing", "ImagePullBackOff", "not found"),
        ("registry.example/private:1", "ImagePullBackOff", "401 Unauthorized"),
        ("registry.unreachable/app:1", "ImagePullBackOff", "no such host"),
        ("Not An Image", "InvalidImageName", "invalid reference format"),
    ],
)
async def test_an_image_that_cannot_be_had_is_told_in_the_registrys_words(
    cluster: PracticeCluster, clock: TurnedClock, image: str, reason: str, says: str
) -> None:
    cluster.state.create(DEPLOYMENTS, deployment("web", 1, image))
    await clock.turn(5)
    waiting = app(pods(cluster)[0])["state"]["waiting"]
    assert waiting["reason"] == reason
    assert says in waiting["message"]


async def test_a_slow_starter_is_not_ready_for_a_while(cluster: PracticeCluster, clock: TurnedClock) -> None:
    cluster.state.create(DEPLOYMENTS, deployment("web", 1, "registry.example/app:1.0-slow"))
    await clock.turn(15)
    assert (app(pods(cluster)[0])["started"], app(pods(cluster)[0])["ready"]) == (True, False)
    await clock.turn(10)
    assert app(pods(cluster)[0])["ready"]


async def test_a_stalled_rollout_is_reported_at_its_deadline(cluster: PracticeCluster, clock: TurnedClock) -> None:
    made = deployment("web", 1, "registry.example/app:missing", progressDeadlineSeconds=120)
    cluster.state.create(DEPLOYMENTS, made)
    await clock.turn(100)
    web = cluster.store.get(DEPLOYMENTS, "default", "web")
    assert condition(web, "Progressing")["status"] == "True"  # type: ignore[index]
    await clock.turn(30)
    web = cluster.store.get(DEPLOYMENTS, "default", "web")
    assert condition(web, "Progressing")["reason"] == "ProgressDeadlineExceeded"  # type: ignore[index]


async def test_a_lost_node_is_noticed_and_emptied(cluster: PracticeCluster, clock: TurnedClock) -> None:
    cluster.state.create(DEPLOYMENTS, deployment("web", 3))
    await clock.turn(10)
    lost = pods(cluster)[0]["spec"]["nodeName"]
    cluster.lose_node(lost)
    await clock.turn(65)
    node = cluster.store.get(NODES, "", lost)
    assert condition(node, "Ready")["status"] == "Unknown"  # type: ignore[index]
    assert {taint["key"] for taint in node["spec"]["taints"]} == {"node.kubernetes.io/unreachable"}
    on_it = [pod for pod in pods(cluster) if pod["spec"]["nodeName"] == lost]
    assert condition(on_it[0], "Ready")["status"] == "False"  # type: ignore[index]
    await clock.turn(310)
    stuck = [pod for pod in pods(cluster) if pod["spec"]["nodeName"] == lost]
    assert all("deletionTimestamp" in pod["metadata"] for pod in stuck)
    assert stuck
    cluster.recover_node(lost)
    await clock.turn(40)
    assert condition(cluster.store.get(NODES, "", lost), "Ready")["status"] == "True"  # type: ignore[index]
    assert all("deletionTimestamp" not in pod["metadata"] for pod in pods(cluster))
    assert len(pods(cluster)) == 3


async def test_events_are_counted_and_forgotten_after_an_hour(cluster: PracticeCluster, clock: TurnedClock) -> None:
    cluster.state.create(DEPLOYMENTS, deployment("web", 1, "registry.example/app:1.0-crash"))
    await clock.turn(300)
    back_off = [event for event in cluster.store.items(EVENTS, "default") if event["reason"] == "BackOff"]
    assert len(back_off) == 1
    assert back_off[0]["count"] >= 4
    cluster.state.delete(DEPLOYMENTS, cluster.store.get(DEPLOYMENTS, "default", "web"))
    await clock.turn(3700)
    assert cluster.store.items(EVENTS, "default") == []


async def test_a_job_waits_longer_after_each_failure(cluster: PracticeCluster, clock: TurnedClock) -> None:
    container = {"name": "app", "image": "registry.example/app:1", "command": ["sh", "-c", "exit 1"]}
    template = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    made = {"metadata": {"name": "one", "namespace": "default"}, "spec": {"backoffLimit": 2, "template": template}}
    cluster.state.create(JOBS, made)
    counts = []
    for _ in range(6):
        await clock.turn(8)
        counts.append(len(pods(cluster)))
    assert counts[0] == 1
    assert counts[-1] == 3
    assert counts == sorted(counts)
    job = cluster.store.get(JOBS, "default", "one")
    assert condition(job, "Failed")["reason"] == "BackoffLimitExceeded"  # type: ignore[index]


async def test_pods_crashed_from_outside_come_back(cluster: PracticeCluster, clock: TurnedClock) -> None:
    cluster.state.create(DEPLOYMENTS, deployment("web", 2))
    await clock.turn(5)
    assert cluster.crash_pods("default", "app=web") == 2
    await clock.turn(5)
    assert all(app(pod)["restartCount"] == 1 for pod in pods(cluster))
    assert app(pods(cluster)[0])["lastState"]["terminated"]["reason"] == "OOMKilled"
