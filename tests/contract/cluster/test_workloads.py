"""Controllers: rollouts, stateful and daemon sets, services. Needs a kubelet."""

import asyncio
from itertools import count

import pytest

from tests.contract.cluster.api import JSON_PATCH, PATIENCE_S, STRATEGIC, Api, Object
from tests.contract.cluster.manifests import IMAGE, container, deployment
from tests.contract.cluster.running import condition

RESTARTED = {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-01-01"}}}}}

REVISION = "deployment.kubernetes.io/revision"


def is_complete(web: Object) -> bool:
    status, replicas = web["status"], web["spec"]["replicas"]
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
    return bool(status.get("observedGeneration", 0) >= web["metadata"]["generation"] and counts == [replicas] * 3)


@pytest.fixture
async def web(api: Api, apps: str) -> str:
    await api.post(f"{apps}/deployments", deployment("web", 2))
    await api.until(f"{apps}/deployments/web", is_complete)
    return f"{apps}/deployments/web"


async def test_a_deployment_becomes_available(api: Api, web: str, core: str, apps: str) -> None:
    found = await api.until(web, lambda web: condition(web, "Progressing").get("reason") == "NewReplicaSetAvailable")
    assert condition(found, "Available")["reason"] == "MinimumReplicasAvailable"
    assert found["metadata"]["annotations"][REVISION] == "1"
    sets = (await api.get(f"{apps}/replicasets")).body["items"]
    owner = sets[0]["metadata"]["ownerReferences"][0]
    assert (owner["kind"], owner["uid"], owner["controller"]) == ("Deployment", found["metadata"]["uid"], True)
    pods = (await api.get(f"{core}/pods", labelSelector="app=web")).body["items"]
    digest = sets[0]["metadata"]["labels"]["pod-template-hash"]
    assert {pod["metadata"]["labels"]["pod-template-hash"] for pod in pods} == {digest}
    assert all(pod["metadata"]["name"].startswith(f"web-{digest}-") for pod in pods)


async def test_scaling_makes_and_removes_pods(api: Api, web: str, core: str) -> None:
    await api.patch(f"{web}/scale", {"spec": {"replicas": 4}})
    await api.until(web, lambda web: is_complete(web) and web["spec"]["replicas"] == 4)
    await api.patch(f"{web}/scale", {"spec": {"replicas": 1}})
    found = await api.until(web, is_complete)
    assert found["metadata"]["annotations"][REVISION] == "1"


async def test_a_restart_replaces_every_pod(api: Api, web: str, core: str, apps: str) -> None:
    before = {each["metadata"]["uid"] for each in (await api.get(f"{core}/pods")).body["items"]}
    await api.patch(web, RESTARTED, STRATEGIC)
    found = await api.until(web, is_complete)
    assert found["metadata"]["annotations"][REVISION] == "2"
    running = (await api.get(f"{core}/pods", fieldSelector="status.phase=Running")).body["items"]
    after = {each["metadata"]["uid"] for each in running if "deletionTimestamp" not in each["metadata"]}
    assert not before & after
    revisions = {
        each["metadata"]["annotations"][REVISION]: each["spec"]["replicas"]
        for each in (await api.get(f"{apps}/replicasets")).body["items"]
    }
    assert revisions == {"1": 0, "2": 2}


async def test_recreate_stops_all_pods_before_it_starts_new_ones(api: Api, apps: str, core: str) -> None:
    strategy = {"type": "Recreate"}
    await api.post(f"{apps}/deployments", deployment("web", 2, strategy=strategy))
    await api.until(f"{apps}/deployments/web", is_complete)
    old = {each["metadata"]["uid"] for each in (await api.get(f"{core}/pods")).body["items"]}
    version = (await api.get(f"{core}/pods")).body["metadata"]["resourceVersion"]
    async with api.watch(f"{core}/pods", resourceVersion=version) as events:
        await api.patch(f"{apps}/deployments/web", RESTARTED, STRATEGIC)
        gone: set[str] = set()
        while True:
            event = await events.next()
            if event["type"] == "DELETED":
                gone.add(event["object"]["metadata"]["uid"])
            if event["type"] == "ADDED":
                break
    # A pod that has ended may still be listed for a moment; none of the old ones may still run.
    left = [each for each in (await api.get(f"{core}/pods")).body["items"] if each["metadata"]["uid"] in old - gone]
    assert all(each["status"]["phase"] in {"Succeeded", "Failed"} for each in left)
    await api.until(f"{apps}/deployments/web", is_complete)


async def test_a_rollout_to_a_crashing_image_keeps_the_old_pods(api: Api, web: str, core: str) -> None:
    strategy = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    steady = {"minReadySeconds": 4, "progressDeadlineSeconds": 5}  # else a crash counts as available for a moment
    await api.patch(web, {"spec": {"strategy": strategy, **steady}}, STRATEGIC)
    await api.until(web, is_complete)
    containers = [{"name": "app", "command": ["sh", "-c", "exit 1"]}]
    await api.patch(web, {"spec": {"template": {"spec": {"containers": containers}}}}, STRATEGIC)
    found = await api.until(web, lambda web: condition(web, "Progressing").get("reason") == "ProgressDeadlineExceeded")
    assert condition(found, "Progressing")["status"] == "False"
    assert condition(found, "Available")["status"] == "True"
    assert found["status"]["availableReplicas"] == 2
    assert found["status"]["updatedReplicas"] == 1
    assert found["status"]["unavailableReplicas"] == 1


async def test_undoing_takes_the_old_replica_set_again(api: Api, web: str, apps: str) -> None:
    first = (await api.get(f"{apps}/replicasets")).body["items"][0]
    await api.patch(web, RESTARTED, STRATEGIC)
    await api.until(web, is_complete)
    template = first["spec"]["template"]
    del template["metadata"]["labels"]["pod-template-hash"]
    await api.patch(web, [{"op": "replace", "path": "/spec/template", "value": template}], JSON_PATCH)
    found = await api.until(web, is_complete)
    assert found["metadata"]["annotations"][REVISION] == "3"
    again = (await api.get(f"{apps}/replicasets/{first['metadata']['name']}")).body
    assert again["spec"]["replicas"] == 2
    assert again["metadata"]["annotations"][REVISION] == "3"


async def test_a_paused_deployment_rolls_nothing_out(api: Api, web: str, apps: str) -> None:
    await api.patch(web, {"spec": {"paused": True}})
    await api.patch(web, RESTARTED, STRATEGIC)
    found = await api.until(web, lambda web: web["status"]["observedGeneration"] == web["metadata"]["generation"])
    assert len((await api.get(f"{apps}/replicasets")).body["items"]) == 1
    assert condition(found, "Progressing")["reason"] == "DeploymentPaused"
    await api.patch(web, {"spec": {"paused": None}})
    found = await api.until(web, is_complete)
    assert found["metadata"]["annotations"][REVISION] == "2"


async def test_old_revisions_are_forgotten(api: Api, web: str, apps: str) -> None:
    await api.patch(web, {"spec": {"revisionHistoryLimit": 0}})
    await api.patch(web, RESTARTED, STRATEGIC)
    await api.until(web, is_complete)
    first = [
        each
        for each in (await api.get(f"{apps}/replicasets")).body["items"]
        if each["metadata"]["annotations"][REVISION] == "1"
    ]
    for each in first:
        await api.until_gone(f"{apps}/replicasets/{each['metadata']['name']}")


async def test_the_change_cause_is_kept_with_the_revision(api: Api, web: str, apps: str) -> None:
    await api.patch(web, {"metadata": {"annotations": {"kubernetes.io/change-cause": "because"}}})
    set_name = (await api.get(f"{apps}/replicasets")).body["items"][0]["metadata"]["name"]
    await api.until(
        f"{apps}/replicasets/{set_name}",
        lambda found: found["metadata"]["annotations"].get("kubernetes.io/change-cause") == "because",
    )


async def test_a_deleted_pod_is_replaced(api: Api, web: str, core: str) -> None:
    pods = (await api.get(f"{core}/pods", labelSelector="app=web")).body["items"]
    await api.delete(f"{core}/pods/{pods[0]['metadata']['name']}", {"gracePeriodSeconds": 0})
    await api.until_gone(f"{core}/pods/{pods[0]['metadata']['name']}")
    await api.until(web, is_complete)


async def test_orphaned_pods_are_adopted(api: Api, web: str, apps: str, core: str) -> None:
    before = {
        each["metadata"]["uid"] for each in (await api.get(f"{core}/pods", labelSelector="app=web")).body["items"]
    }
    await api.delete(web, {"propagationPolicy": "Orphan"})
    await api.until_gone(web)
    await api.post(f"{apps}/deployments", deployment("web", 2))
    await api.until(web, is_complete)
    after = {each["metadata"]["uid"] for each in (await api.get(f"{core}/pods", labelSelector="app=web")).body["items"]}
    assert after == before


def stateful(name: str, replicas: int) -> Object:
    labels = {"app": name}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [container()], "terminationGracePeriodSeconds": 2},
    }
    return {
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "serviceName": name, "selector": {"matchLabels": labels}, "template": template},
    }


async def test_a_stateful_set_counts_from_zero_in_order(api: Api, apps: str, core: str) -> None:
    await api.post(f"{apps}/statefulsets", stateful("db", 2))
    found = await api.until(f"{apps}/statefulsets/db", lambda db: db["status"].get("readyReplicas") == 2)
    pods = (await api.get(f"{core}/pods")).body["items"]
    assert [each["metadata"]["name"] for each in pods] == ["db-0", "db-1"]
    assert pods[0]["metadata"]["creationTimestamp"] <= pods[1]["metadata"]["creationTimestamp"]
    assert pods[0]["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] == "db-0"
    assert found["status"]["currentRevision"] == found["status"]["updateRevision"]
    revisions = (await api.get(f"{apps}/controllerrevisions")).body["items"]
    assert [each["revision"] for each in revisions] == [1]
    assert revisions[0]["metadata"]["name"] == found["status"]["updateRevision"]


async def test_a_stateful_set_is_updated_from_the_top(api: Api, apps: str, core: str) -> None:
    await api.post(f"{apps}/statefulsets", stateful("db", 2))
    await api.until(f"{apps}/statefulsets/db", lambda db: db["status"].get("readyReplicas") == 2)
    version = (await api.get(f"{core}/pods")).body["metadata"]["resourceVersion"]
    async with api.watch(f"{core}/pods", resourceVersion=version) as events:
        await api.patch(f"{apps}/statefulsets/db", RESTARTED, STRATEGIC)
        gone: list[str] = []
        while len(gone) < 2:
            event = await events.next()
            if event["type"] == "DELETED":
                gone.append(event["object"]["metadata"]["name"])
    assert gone == ["db-1", "db-0"]
    found = await api.until(
        f"{apps}/statefulsets/db",
        lambda db: db["status"].get("updatedReplicas") == 2 and db["status"].get("readyReplicas") == 2,
    )
    assert found["status"]["observedGeneration"] == 2


async def test_a_stateful_set_shrinks_from_the_top(api: Api, apps: str, core: str) -> None:
    await api.post(f"{apps}/statefulsets", stateful("db", 2))
    await api.until(f"{apps}/statefulsets/db", lambda db: db["status"].get("readyReplicas") == 2)
    await api.patch(f"{apps}/statefulsets/db/scale", {"spec": {"replicas": 1}})
    await api.until_gone(f"{core}/pods/db-1")
    assert (await api.get(f"{core}/pods/db-0")).status == 200


async def test_a_daemon_set_is_on_every_node(api: Api, apps: str) -> None:
    wanted = deployment("agent")
    del wanted["spec"]["replicas"]
    wanted["kind"] = "DaemonSet"
    await api.post(f"{apps}/daemonsets", wanted)
    nodes = len((await api.get("/api/v1/nodes")).body["items"])
    found = await api.until(f"{apps}/daemonsets/agent", lambda agent: agent["status"].get("numberReady") == nodes)
    assert found["status"]["desiredNumberScheduled"] == nodes
    assert found["status"]["updatedNumberScheduled"] == nodes


async def test_a_service_knows_the_ready_pods_behind_it(api: Api, web: str, core: str, namespace: str) -> None:
    spec = {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}
    await api.post(f"{core}/services", {"metadata": {"name": "front"}, "spec": spec})
    slices = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
    async with api.watch(slices, labelSelector="kubernetes.io/service-name=front") as events:
        while True:
            found = (await events.next())["object"]
            if len(found.get("endpoints") or []) == 2:
                break
    assert found["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
    assert all(each["conditions"]["ready"] for each in found["endpoints"])
    assert {each["targetRef"]["kind"] for each in found["endpoints"]} == {"Pod"}


async def test_a_cordoned_node_gets_no_pod(api: Api, core: str, namespace: str) -> None:
    node = {"metadata": {"name": namespace, "labels": {"contract": namespace}}, "spec": {"unschedulable": True}}
    await api.post("/api/v1/nodes", node)
    try:
        spec = {"containers": [{"name": "app", "image": IMAGE}], "nodeSelector": {"contract": namespace}}
        async with asyncio.timeout(PATIENCE_S):
            for number in count():
                await api.post(f"{core}/pods", {"metadata": {"name": f"pod-{number}"}, "spec": spec})
                found = await api.until(f"{core}/pods/pod-{number}", lambda one: one["status"].get("conditions"))
                if "1 node(s) were unschedulable" in found["status"]["conditions"][0]["message"]:
                    break  # the first may have come before the scheduler knew of the node
        assert "nodeName" not in found["spec"]
    finally:
        await api.delete(f"/api/v1/nodes/{namespace}")


async def test_a_lease_is_renewed_only_by_who_holds_the_latest_version(api: Api, namespace: str) -> None:
    path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
    spec = {"holderIdentity": "one", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.000001Z"}
    lease = (await api.post(path, {"metadata": {"name": "leader"}, "spec": spec})).body
    assert lease["spec"]["renewTime"] == "2026-01-01T00:00:00.000001Z"
    assert (await api.put(f"{path}/leader", {**lease, "spec": {**spec, "holderIdentity": "two"}})).status == 200
    assert (await api.put(f"{path}/leader", {**lease, "spec": spec})).status == 409


async def test_usage_of_nodes_is_measured(api: Api) -> None:
    async with asyncio.timeout(PATIENCE_S):  # metrics-server on a fresh cluster needs its first scrape
        while True:
            answer = await api.get("/apis/metrics.k8s.io/v1beta1/nodes")
            if answer.status == 200 and answer.body["items"]:
                break
            await asyncio.sleep(0.2)  # a real cluster has no clock to turn
    item = answer.body["items"][0]
    assert answer.body["kind"] == "NodeMetricsList"
    assert set(item["usage"]) >= {"cpu", "memory"}
    assert item["usage"]["memory"].endswith("Ki")
    assert item["window"]
