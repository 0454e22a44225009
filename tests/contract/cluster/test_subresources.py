"""status, scale and eviction."""

from typing import Any

import pytest

from tests.contract.cluster.api import Api, Object
from tests.contract.cluster.manifests import container, deployment, pod


@pytest.fixture
async def web(api: Api, apps: str) -> str:
    await api.post(f"{apps}/deployments", deployment("web", 0))
    return f"{apps}/deployments/web"


async def test_an_ordinary_update_cannot_write_the_status(api: Api, web: str) -> None:
    answer = await api.patch(web, {"status": {"readyReplicas": 9}})
    assert "readyReplicas" not in answer.body["status"]


async def test_a_status_update_cannot_write_the_spec(api: Api, web: str) -> None:
    patch = {"spec": {"replicas": 9}, "status": {"conditions": [{"type": "Contract", "status": "True"}]}}
    answer = await api.patch(f"{web}/status", patch)
    assert answer.status == 200
    assert answer.body["spec"]["replicas"] == 0
    assert "Contract" in {each["type"] for each in answer.body["status"]["conditions"]}


async def test_scale_is_read_as_a_scale(api: Api, web: str) -> None:
    answer = await api.get(f"{web}/scale")
    assert (answer.body["kind"], answer.body["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert answer.body["spec"] == {}
    assert answer.body["status"]["selector"] == "app=web"


async def test_scale_is_patched_alone(api: Api, web: str) -> None:
    answer = await api.patch(f"{web}/scale", {"spec": {"replicas": 2}})
    assert answer.body["kind"] == "Scale"
    assert answer.body["spec"]["replicas"] == 2
    assert (await api.get(web)).body["spec"]["replicas"] == 2


async def test_scale_is_put_with_its_version(api: Api, web: str) -> None:
    scale = (await api.get(f"{web}/scale")).body
    await api.patch(f"{web}/scale", {"spec": {"replicas": 1}})
    answer = await api.put(f"{web}/scale", {**scale, "spec": {"replicas": 3}})
    assert answer.status == 409


@pytest.mark.parametrize(("replicas", "status"), [(-1, 422), ("2", 400), (3_000_000_000, 400)])
async def test_an_absurd_scale_is_refused(api: Api, web: str, replicas: Any, status: int) -> None:
    answer = await api.patch(f"{web}/scale", {"spec": {"replicas": replicas}})
    assert answer.status in {status, 422}
    assert (await api.get(web)).body["spec"]["replicas"] == 0


async def test_a_dry_run_of_scale_changes_nothing(api: Api, web: str) -> None:
    assert (await api.patch(f"{web}/scale", {"spec": {"replicas": 4}}, dryRun="All")).body["spec"]["replicas"] == 4
    assert (await api.get(web)).body["spec"]["replicas"] == 0


async def test_scale_of_nothing_is_not_found(api: Api, apps: str) -> None:
    assert (await api.get(f"{apps}/deployments/none/scale")).status == 404


def eviction(name: str, **more: Any) -> Object:
    return {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}, **more}


def budget(name: str, **spec: Any) -> Object:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": {"app": "kept"}}, **spec},
    }


@pytest.fixture
async def kept(api: Api, core: str, namespace: str) -> str:
    """A running pod that a budget keeps."""
    budgets = f"/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets"
    await api.post(f"{core}/pods", pod("kept"))
    await api.post(budgets, budget("keeper", minAvailable=1))
    await api.until(f"{core}/pods/kept", is_ready)
    await api.until(f"{budgets}/keeper", lambda found: found.get("status", {}).get("currentHealthy") == 1)
    return f"{core}/pods/kept"


def is_ready(obj: Object) -> bool:
    conditions = obj["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


async def test_a_budget_without_room_refuses_an_eviction(api: Api, kept: str) -> None:
    answer = await api.post(f"{kept}/eviction", eviction("kept"))
    assert (answer.status, answer.reason) == (429, "TooManyRequests")
    assert answer.body["message"] == "Cannot evict pod as it would violate the pod's disruption budget."
    assert answer.body["details"]["causes"] == [
        {
            "reason": "DisruptionBudget",
            "message": "The disruption budget keeper needs 1 healthy pods and has 1 currently",
        }
    ]
    assert "deletionTimestamp" not in (await api.get(kept)).body["metadata"]


async def test_a_dry_run_eviction_asks_the_budget_too(api: Api, kept: str) -> None:
    assert (await api.post(f"{kept}/eviction", eviction("kept"), dryRun="All")).status == 429


async def test_two_budgets_for_one_pod_are_an_error(api: Api, kept: str, namespace: str) -> None:
    await api.post(f"/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets", budget("second", maxUnavailable=1))
    answer = await api.post(f"{kept}/eviction", eviction("kept"))
    assert answer.status == 500
    assert "more than one PodDisruptionBudget" in answer.body["message"]


async def test_a_pod_without_a_budget_is_evicted(api: Api, core: str) -> None:
    await api.post(f"{core}/pods", pod("free"))
    await api.until(f"{core}/pods/free", is_ready)
    answer = await api.post(f"{core}/pods/free/eviction", eviction("free"))
    assert (answer.status, answer.body["status"]) == (201, "Success")
    await api.until_gone(f"{core}/pods/free")


async def test_an_eviction_of_nothing_is_not_found(api: Api, core: str) -> None:
    assert (await api.post(f"{core}/pods/none/eviction", eviction("none"))).status == 404


async def test_a_dry_run_eviction_deletes_nothing(api: Api, core: str) -> None:
    await api.post(f"{core}/pods", pod("free", container()))
    await api.until(f"{core}/pods/free", is_ready)
    answer = await api.post(f"{core}/pods/free/eviction", eviction("free", deleteOptions={"dryRun": ["All"]}))
    assert answer.status == 201
    assert "deletionTimestamp" not in (await api.get(f"{core}/pods/free")).body["metadata"]
