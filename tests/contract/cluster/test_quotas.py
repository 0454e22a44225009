"""ResourceQuotas: a pod too many is refused, and whoever makes pods says so until there is room. Needs no kubelet."""

import pytest

from tests.contract.cluster.api import Api, Object
from tests.contract.cluster.manifests import deployment, pod

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
