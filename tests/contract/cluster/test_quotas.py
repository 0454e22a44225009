"""ResourceQuotas: a pod too many is refused, and whoever makes pods says so until there is room. Needs no kubelet."""

import pytest

from tests.contract.cluster.api import Api, Object
from tests.contract.cluster.manifests import container, deployment, pod

EXCEEDED = "exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1"


@pytest.fixture
async def quota(api: Api, core: str) -> str:
    """Of one pod."""
    body = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": {"pods": "1"}}}
    await api.post(f"{core}/resourcequotas", body)
    path = f"{core}/resourcequotas/small"
    await api.until(path, lambda quota: quota.get("status", {}).get("used") == {"pods": "0"})
    return path


def failure(web: Object) -> Object:
    conditions = web["status"].get("conditions", [])
    return next((each for each in conditions if each["type"] == "ReplicaFailure"), {})


async def test_a_pod_beyond_the_quota_is_refused(api: Api, core: str, quota: str) -> None:
    assert (await api.post(f"{core}/pods", pod("first"))).status == 201
    await api.until(quota, lambda quota: quota["status"]["used"] == {"pods": "1"})
    refused = await api.post(f"{core}/pods", pod("second"))
    assert (refused.status, refused.reason) == (403, "Forbidden")
    assert refused.body["message"] == f'pods "second" is forbidden: {EXCEEDED}'
    assert (await api.post(f"{core}/pods", pod("second"), dryRun="All")).status == 403


async def test_a_deployment_says_why_it_lacks_pods_until_there_is_room(
    api: Api, core: str, apps: str, quota: str
) -> None:
    await api.post(f"{apps}/deployments", deployment("web", 2))
    web = await api.until(f"{apps}/deployments/web", failure)
    assert (failure(web)["status"], failure(web)["reason"]) == ("True", "FailedCreate")
    assert EXCEEDED in failure(web)["message"]
    events = (await api.get(f"{core}/events", fieldSelector="involvedObject.kind=ReplicaSet,reason=FailedCreate")).body
    assert all(EXCEEDED in event["message"] for event in events["items"])
    assert events["items"]
    await api.patch(quota, {"spec": {"hard": {"pods": "5"}}})
    await api.until(f"{apps}/deployments/web", lambda web: web["status"].get("replicas") == 2 and not failure(web))


HARD = {"requests.cpu": "300m", "limits.memory": "160Mi", "memory": "1Gi", "pods": "4"}


@pytest.fixture
async def compute(api: Api, core: str) -> str:
    """Of CPU and memory."""
    body = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "compute"}, "spec": {"hard": HARD}}
    await api.post(f"{core}/resourcequotas", body)
    path = f"{core}/resourcequotas/compute"
    none = {"limits.memory": "0", "memory": "0", "pods": "0", "requests.cpu": "0"}
    await api.until(path, lambda quota: quota.get("status", {}).get("used") == none)
    return path


def asking(name: str, *, start: Object | None = None, **resources: Object) -> Object:
    """A pod whose container asks for that much, and whose first one for what it needs to *start*."""
    first = [container(["true"], name="first", resources=start)] if start else []
    return pod(name, container(resources=resources), initContainers=first)


async def test_what_pods_ask_for_is_added_up_and_held_to(api: Api, core: str, compute: str) -> None:
    """A limit stands for a request; a start that needs more than what comes after it counts."""
    start = {"requests": {"cpu": "0.2", "memory": "1Mi"}, "limits": {"memory": "32Mi"}}
    first = asking("first", requests={"cpu": "100m"}, limits={"memory": "96Mi"}, start=start)
    assert (await api.post(f"{core}/pods", first)).status == 201
    used = {"limits.memory": "96Mi", "memory": "96Mi", "pods": "1", "requests.cpu": "200m"}
    await api.until(compute, lambda quota: quota["status"]["used"] == used)
    refused = await api.post(f"{core}/pods", asking("second", requests={"cpu": "200m"}, limits={"memory": "128Mi"}))
    assert (refused.status, refused.reason) == (403, "Forbidden")
    assert refused.body["message"] == (
        'pods "second" is forbidden: exceeded quota: compute, '
        "requested: limits.memory=128Mi,requests.cpu=200m, "
        "used: limits.memory=96Mi,requests.cpu=200m, limited: limits.memory=160Mi,requests.cpu=300m"
    )
    third = asking("third", requests={"cpu": "0.1"}, limits={"memory": "64Mi"})
    assert (await api.post(f"{core}/pods", third)).status == 201
    used = {"limits.memory": "160Mi", "memory": "160Mi", "pods": "2", "requests.cpu": "300m"}
    await api.until(compute, lambda quota: quota["status"]["used"] == used)


async def test_who_does_not_say_what_is_limited_is_refused(api: Api, core: str, compute: str) -> None:
    refused = await api.post(f"{core}/pods", asking("vague", start={"limits": {"cpu": "1", "memory": "1Mi"}}))
    assert refused.status == 403
    assert refused.body["message"] == (
        'pods "vague" is forbidden: failed quota: compute: '
        "must specify limits.memory for: app; memory for: app; requests.cpu for: app"
    )
