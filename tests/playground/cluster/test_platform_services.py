"""What the practice platform's programs answer, write and use."""

import ssl
from collections.abc import AsyncIterator

import aiohttp
import pytest

from playground.cluster import PracticeCluster
from playground.cluster.resources import DEPLOYMENTS
from tests.contract.cluster.api import Api
from tests.playground.cluster.conftest import TurnedClock

SERVICES = "/api/v1/namespaces/saasodoo/services"
PODS = "/api/v1/namespaces/saasodoo/pods"


@pytest.fixture
async def world(clock: TurnedClock) -> AsyncIterator[PracticeCluster]:
    async with PracticeCluster(clock=clock, seed=1) as cluster:
        yield cluster


@pytest.fixture
async def api(world: PracticeCluster) -> AsyncIterator[Api]:
    tls = ssl.create_default_context(cadata=world.certificate_pem.decode())
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session:
        yield Api(session, world.url, {"Authorization": f"Bearer {world.admin_token}"})


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("instance-service:8003/proxy/health", 200, "healthy"),
        ("instance-service:http/proxy/health", 200, "healthy"),
        ("http:instance-service:8003/proxy/api/v1/monitoring/status", 200, "running"),
        ("instance-service:8003/proxy/none", 404, "Not Found"),
        ("instance-service:9999/proxy/health", 503, "no service port"),
        ("none:80/proxy/health", 404, "not found"),
    ],
)
async def test_services_answer_through_the_proxy(api: Api, path: str, status: int, says: str) -> None:
    answer = await api.get(f"{SERVICES}/{path}")
    assert answer.status == status
    assert says in str(answer.body)


async def test_a_service_without_ready_pods_is_unavailable(
    world: PracticeCluster, clock: TurnedClock, api: Api
) -> None:
    await api.patch("/apis/apps/v1/namespaces/saasodoo/deployments/killbill/scale", {"spec": {"replicas": 0}})
    await clock.turn(5)
    answer = await api.get(f"{SERVICES}/killbill:8080/proxy/health")
    assert answer.status == 503
    assert answer.body["message"] == 'no endpoints available for service "killbill"'


async def test_pods_answer_through_the_proxy(api: Api) -> None:
    pods = (await api.get(PODS, labelSelector="app=user-service")).body["items"]
    answer = await api.get(f"{PODS}/{pods[0]['metadata']['name']}:8001/proxy/health")
    assert (answer.status, answer.body["service"]) == (200, "user-service")


async def test_the_worker_writes_of_its_watch(api: Api) -> None:
    pods = (await api.get(PODS, labelSelector="app=instance-worker")).body["items"]
    log = (await api.get(f"{PODS}/{pods[0]['metadata']['name']}/log")).body
    assert "watch stream started" in log
    assert "timeout after 3600 s, reconnecting" in log


async def test_a_followed_log_goes_on_with_time(api: Api, clock: TurnedClock) -> None:
    pods = (await api.get(PODS, labelSelector="app=instance-worker")).body["items"]
    path = f"{api.url}{PODS}/{pods[0]['metadata']['name']}/log"
    query = {"follow": "true", "tailLines": "0"}
    async with api.session.get(path, params=query, headers=api.headers) as response:
        await clock.turn(60)
        assert await response.content.readline()


async def test_usage_stays_below_what_is_asked_for(api: Api) -> None:
    metrics = await api.get(
        "/apis/metrics.k8s.io/v1beta1/namespaces/saasodoo/pods", labelSelector="app=instance-worker"
    )
    assert len(metrics.body["items"]) == 4
    used = [each["containers"][0]["usage"] for each in metrics.body["items"]]
    assert all(0 < int(each["cpu"].removesuffix("n")) < 200_000_000 for each in used)
    assert all(int(each["memory"].removesuffix("Ki")) < 256 * 1024 for each in used)


async def test_metrics_cannot_be_written(api: Api) -> None:
    assert (await api.delete("/apis/metrics.k8s.io/v1beta1/nodes")).status == 405


async def test_a_bad_image_is_a_crash_loop_that_rolling_back_heals(
    world: PracticeCluster, clock: TurnedClock, api: Api
) -> None:
    path = "/apis/apps/v1/namespaces/saasodoo/deployments/odoo-acme"
    before = (await api.get(path)).body["spec"]["template"]["spec"]["containers"][0]
    bad = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": before["image"] + "-crash"}]
    await api.patch(path, bad, "application/json-patch+json")
    await clock.turn(30)
    assert "availableReplicas" not in world.store.get(DEPLOYMENTS, "saasodoo", "odoo-acme")["status"]
    pods = (await api.get(PODS, labelSelector="instance=acme")).body["items"]
    assert pods[0]["status"]["containerStatuses"][0]["restartCount"] >= 2
    log = (await api.get(f"{PODS}/{pods[0]['metadata']['name']}/log", previous=True)).body
    assert 'password authentication failed for user "odoo_acme"' in log
    bad[0]["value"] = before["image"]
    await api.patch(path, bad, "application/json-patch+json")
    await clock.turn(30)
    assert world.store.get(DEPLOYMENTS, "saasodoo", "odoo-acme")["status"]["availableReplicas"] == 1
