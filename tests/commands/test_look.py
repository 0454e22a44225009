"""status, describe, events, restarts, rollout status and history, top: what they tell."""

import pytest

from bot.errors import NotFound, Unreachable
from bot.model.chart import Chart
from bot.model.reply import Buttons, Code, Facts, Reply, Table, Tone
from tests.commands.asking import ask
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import ago, deployment, event, meta, node, pod, replica_set, waiting


def everything(reply: Reply) -> str:
    """All words of a reply."""
    words = [reply.headline]
    for part in reply.parts:
        match part:
            case Table():
                words += [*part.columns, *(cell for row in part.rows for cell in row)]
            case Facts():
                words += [f"{fact.label}: {fact.text}" for fact in part.facts]
            case Code():
                words.append(part.text)
            case Buttons():
                words += [button.line for button in part.buttons]
            case Chart():
                words += [part.title, *(row.label for row in part.rows)]
            case _:
                words.append(part.text)
    return "\n".join(words)


def platform() -> FakeCluster:
    """One healthy service, and a worker that cannot pull."""
    stuck = waiting("ImagePullBackOff", 'Back-off pulling image "registry/app:9": not found')
    return FakeCluster().add(
        node("n1"),
        deployment("web", replicas=1),
        replica_set("web", 12, replicas=1),
        pod("web-r12-a", owner="web-r12", app="web"),
        deployment("worker", replicas=1, ready=0, status={"availableReplicas": 0}),
        replica_set("worker", 11, image="registry/app:8"),
        replica_set("worker", 12, image="registry/app:9", replicas=1),
        pod("worker-r12-a", owner="worker-r12", app="worker", ready=False, containerStatuses=[stuck]),
        event("Failed", "Failed to pull image", about=("Pod", "worker-r12-a")),
    )


async def test_status_says_what_is_wrong_in_its_first_line() -> None:
    reply = await ask("status", platform())
    assert reply.headline == "saasodoo: 1 of 2 workloads short of pods, 1 of 2 pods in trouble"
    assert reply.tone is Tone.WARNING
    assert "pod/worker-r12-a\nImagePullBackOff, Back-off pulling image" in everything(reply)
    assert "Control plane: answers, Kubernetes v1.34.4" in everything(reply)


async def test_a_warning_in_status_names_its_pod_once_and_no_uid() -> None:
    said = "Back-off restarting failed container odoo in pod web-1_saasodoo(4be12fcc-3cdd-4f5e-9c6a-0a1b2c3d4e5f)"
    backing_off = event("BackOff", said, about=("Pod", "web-1"))
    cluster = FakeCluster().add(node("n1"), deployment("web", replicas=1), pod("web-1", app="web"), backing_off)
    assert "pod/web-1\nBack-off restarting failed container odoo\n" in f"{everything(await ask('status', cluster))}\n"


async def test_status_of_a_healthy_platform_is_one_good_line() -> None:
    cluster = FakeCluster().add(node("n1"), deployment("web", replicas=1), pod("web-1", app="web"))
    reply = await ask("status", cluster)
    assert (reply.headline, reply.tone) == ("saasodoo is healthy", Tone.GOOD)


async def test_a_lost_node_leads_the_status() -> None:
    reply = await ask("status", FakeCluster().add(node("n1"), node("n2", ready="Unknown")))
    assert reply.headline == "saasodoo: 1 of 2 nodes not ready"


async def test_a_lost_node_rolls_nothing_out() -> None:
    reasons = {"rolled": "NewReplicaSetAvailable", "rolling": "ReplicaSetUpdated"}
    short = [
        deployment(name, ready=3, status={"conditions": [{"type": "Progressing", "status": "True", "reason": reason}]})
        for name, reason in reasons.items()
    ]
    reply = await ask("status", FakeCluster().add(node("n1"), node("n2", ready="Unknown"), *short))
    assert "Rolling out: deployment/rolling\n" in everything(reply)


async def test_a_status_says_how_much_it_leaves_out() -> None:
    lacking = [deployment(f"worker-{n}", replicas=1, ready=0) for n in range(10)]
    reply = await ask("status", FakeCluster().add(node("n1"), *lacking))
    assert "… and 2 more: `get pods --failed` has the pods." in everything(reply)


async def test_rollout_status_names_the_pod_that_stalls_it_and_the_way_back() -> None:
    reply = await ask("rollout status worker", platform())
    assert reply.tone is Tone.WARNING
    assert reply.headline == "The rollout of deployment/worker has stalled at 0 of 1 ready"
    assert "worker-r12-a: ImagePullBackOff" in everything(reply)
    assert "rollback deployment/worker --to-revision 11 -n saasodoo" in everything(reply)


async def test_rollout_status_of_a_finished_one_is_good() -> None:
    reply = await ask("rollout status web", platform())
    assert (reply.headline, reply.tone) == ("deployment/web is rolled out", Tone.GOOD)


async def test_history_lists_the_newest_first_with_a_way_back_to_each_older() -> None:
    reply = await ask("rollout history worker", platform())
    [shown] = reply.parts
    assert isinstance(shown, Table)
    assert reply.headline == "deployment/worker has 2 revisions, now at 12"
    assert shown.rows == (("12 (now)", "5d", "app:9", "<none>"), ("11", "5d", "app:8", "<none>"))
    assert [len(buttons) for buttons in shown.row_buttons] == [0, 1]
    assert shown.row_buttons[1][0].line == "rollback deployment/worker --to-revision 11 -n saasodoo"


async def test_one_revision_is_shown_whole_and_redacted() -> None:
    cluster = platform()
    spec = cluster.objects[("replicasets", "saasodoo", "worker-r11")]["spec"]["template"]["spec"]
    spec["containers"][0]["args"] = ["--url=postgres://u:hunter2@db/x"]
    told = everything(await ask("rollout history worker --revision 11", cluster))
    assert "image: registry/app:8" in told
    assert "hunter2" not in told


async def test_restarts_tell_count_last_reason_and_when() -> None:
    last = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": ago(minutes=3)}
    status = {**waiting("CrashLoopBackOff", restarts=7, last=last)}
    reply = await ask("restarts", FakeCluster().add(pod("a"), pod("b", ready=False, containerStatuses=[status])))
    assert reply.headline == "7 restarts of 1 container in saasodoo"
    [shown] = reply.parts
    assert isinstance(shown, Table)
    assert shown.rows == (("b", "app", "7", "3m ago", "OOMKilled, exit 137"),)


async def test_no_restarts_are_good_news() -> None:
    reply = await ask("restarts", FakeCluster().add(pod("a")))
    assert (reply.headline, reply.tone) == ("No container of 1 pod in saasodoo was restarted", Tone.GOOD)


async def test_events_of_one_object_only() -> None:
    cluster = platform().add(event("Scaled", "up", about=("Deployment", "web"), kind="Normal"))
    told = everything(await ask("events --for deployment/web", cluster))
    assert "Scaled" in told
    assert "Failed to pull image" not in told


async def test_warnings_only() -> None:
    cluster = platform().add(event("Scaled", "up", about=("Deployment", "web"), kind="Normal"))
    assert "Scaled" not in everything(await ask("events --warnings", cluster))


async def test_describe_pod_tells_containers_owner_and_events() -> None:
    told = everything(await ask("describe pod worker-r12-a", platform()))
    for expected in ("Controlled by: ReplicaSet/worker-r12", "Waiting: ImagePullBackOff", "Failed to pull image"):
        assert expected in told


@pytest.mark.parametrize("line", ["describe deployment worker", "describe deploy/worker"])
async def test_describe_deployment_lists_its_pods(line: str) -> None:
    told = everything(await ask(line, platform()))
    assert "Strategy: RollingUpdate" in told
    assert "worker-r12-a" in told
    assert "web-r12-a" not in told


async def test_describe_node_adds_up_what_its_pods_reserved() -> None:
    cluster = FakeCluster().add(node("node-1"))
    reserved = pod("a")
    reserved["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "500m", "memory": "1Gi"}}
    told = everything(await ask("describe node node-1", cluster.add(reserved)))
    assert "500m (25%)" in told
    assert "1024Mi (25%)" in told


async def test_describe_secret_tells_keys_and_sizes_and_no_value() -> None:
    secret = {"kind": "Secret", "metadata": meta("keys"), "data": {"password": "aHVudGVyMg=="}}
    told = everything(await ask("describe secret keys", FakeCluster().add(secret)))
    assert "password\n7 bytes" in told
    assert "hunter2" not in told
    assert "aHVudGVyMg" not in told


async def test_describe_role_is_a_verb_table() -> None:
    rules = [{"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["get", "list"]}]
    role = {"kind": "Role", "metadata": meta("instance-service-role"), "rules": rules}
    told = everything(await ask("describe role instance-service-role", FakeCluster().add(role)))
    assert "jobs.batch\nevery\n✓\n✓\n" in told


async def test_top_without_metrics_says_what_to_install() -> None:
    cluster = FakeCluster(refusing={"podmetrics": Unreachable("the server is currently unable to handle the request")})
    with pytest.raises(NotFound, match="does not measure usage") as refused:
        await ask("top pods", cluster)
    assert "metrics-server" in refused.value.hint


async def test_top_pods_compares_use_with_limits() -> None:
    limited = pod("a")
    limited["spec"]["containers"][0]["resources"] = {"limits": {"cpu": "1", "memory": "512Mi"}}
    measured = [{"name": "app", "usage": {"cpu": "250m", "memory": "131072Ki"}}]
    usage = {"kind": "PodMetrics", "metadata": meta("a"), "containers": measured}
    reply = await ask("top pods", FakeCluster().add(limited, usage))
    assert reply.headline == "1 pod in saasodoo: 250m CPU and 128Mi memory"
    [shown] = reply.parts
    assert isinstance(shown, Table)
    assert shown.rows == (("a", "250m", "▓▓░░░░░░░░ 25%", "128Mi", "▓▓░░░░░░░░ 25%"),)


async def test_top_nodes_compares_use_with_what_pods_may_have() -> None:
    usage = {"kind": "NodeMetrics", "metadata": {"name": "n1"}, "usage": {"cpu": "1000000000n", "memory": "1048576Ki"}}
    reply = await ask("top nodes", FakeCluster().add(node("n1"), usage))
    [shown] = reply.parts
    assert isinstance(shown, Table)
    assert shown.rows == (("n1", "1000m", "▓▓▓▓▓░░░░░ 50%", "1024Mi", "▓▓░░░░░░░░ 25%"),)


@pytest.mark.parametrize(
    "line",
    [
        "status -n saasodo",
        "get pods -n saasodo",
        "events -n saasodo",
        "restarts -n saasodo",
        "rollout status web -n saasodo",
        "top pods -n saasodo",
    ],
)
async def test_a_namespace_that_does_not_exist_is_not_called_empty_or_healthy(line: str) -> None:
    with pytest.raises(NotFound, match="There is no namespace “saasodo”") as refused:
        await ask(line, platform())
    assert refused.value.hint == "Did you mean saasodoo?"


@pytest.mark.parametrize(
    ("line", "headline"),
    [
        pytest.param("get pods -l app=x", "No pods in saasodoo match -l app=x", id="get"),
        pytest.param("get pods --failed", "No pods in saasodoo match --failed", id="get failed"),
        pytest.param("get nodes -l app=x", "No nodes match -l app=x", id="get nodes"),
        pytest.param("events --warnings", "No events in saasodoo match --warnings", id="events"),
        pytest.param("top pods -l app=x", "No pods in saasodoo match -l app=x", id="top"),
        pytest.param("restarts -l app=x", "No pods in saasodoo match -l app=x", id="restarts"),
        pytest.param("resources -A -l app=x", "No pods in all namespaces match -l app=x", id="resources"),
    ],
)
async def test_where_nothing_matches_the_flags_are_named_and_the_place_is_not_called_empty(
    line: str, headline: str
) -> None:
    reply = await ask(line, FakeCluster().add(pod("a"), node("n1")))
    assert (reply.headline, reply.parts) == (headline, ())


async def test_a_namespace_without_anything_is_not_called_healthy() -> None:
    assert (await ask("status", FakeCluster().add(node("n1")))).headline == "saasodoo has no workloads"
