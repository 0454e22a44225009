"""How objects go: finalizers, owners, propagation, whole collections, namespaces."""

import pytest

from tests.contract.cluster.api import Api, Object
from tests.contract.cluster.manifests import config_map, deployment, pod

HELD = "contract.example/held"


def owned(name: str, owner: Object, *, blocks: bool = False) -> Object:
    made = config_map(name)
    metadata = owner["metadata"]
    made["metadata"]["ownerReferences"] = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "name": metadata["name"],
            "uid": metadata["uid"],
            "blockOwnerDeletion": blocks,
        }
    ]
    return made


async def test_a_finalizer_holds_an_object_until_it_is_removed(api: Api, core: str) -> None:
    made = config_map("one")
    made["metadata"]["finalizers"] = [HELD]
    await api.post(f"{core}/configmaps", made)
    answer = await api.delete(f"{core}/configmaps/one")
    assert answer.body["metadata"]["deletionTimestamp"]
    assert (await api.get(f"{core}/configmaps/one")).status == 200
    await api.patch(f"{core}/configmaps/one", {"metadata": {"finalizers": None}})
    assert (await api.get(f"{core}/configmaps/one")).status == 404


async def test_what_is_owned_goes_with_its_owner(api: Api, core: str) -> None:
    owner = (await api.post(f"{core}/configmaps", config_map("owner"))).body
    await api.post(f"{core}/configmaps", owned("child", owner))
    await api.delete(f"{core}/configmaps/owner", {"propagationPolicy": "Background"})
    await api.until_gone(f"{core}/configmaps/child")


async def test_foreground_deletion_waits_for_what_is_owned(api: Api, core: str) -> None:
    owner = (await api.post(f"{core}/configmaps", config_map("owner"))).body
    child = owned("child", owner, blocks=True)
    child["metadata"]["finalizers"] = [HELD]
    await api.post(f"{core}/configmaps", child)
    answer = await api.delete(f"{core}/configmaps/owner", {"propagationPolicy": "Foreground"})
    assert answer.body["metadata"]["finalizers"] == ["foregroundDeletion"]
    await api.until(f"{core}/configmaps/child", lambda obj: "deletionTimestamp" in obj["metadata"])
    assert (await api.get(f"{core}/configmaps/owner")).status == 200
    await api.patch(f"{core}/configmaps/child", {"metadata": {"finalizers": None}})
    await api.until_gone(f"{core}/configmaps/owner")


async def test_orphans_stay_and_lose_their_owner(api: Api, core: str) -> None:
    owner = (await api.post(f"{core}/configmaps", config_map("owner"))).body
    await api.post(f"{core}/configmaps", owned("child", owner))
    await api.delete(f"{core}/configmaps/owner", {"propagationPolicy": "Orphan"})
    await api.until_gone(f"{core}/configmaps/owner")
    child = await api.get(f"{core}/configmaps/child")
    assert "ownerReferences" not in child.body["metadata"]


async def test_a_child_of_nobody_is_collected(api: Api, core: str) -> None:
    stranger: Object = {"metadata": {"name": "gone", "uid": "00000000-0000-4000-8000-000000000000"}}
    await api.post(f"{core}/configmaps", owned("child", stranger))
    await api.until_gone(f"{core}/configmaps/child")


async def test_a_deployment_takes_its_pods_along(api: Api, apps: str, core: str) -> None:
    await api.post(f"{apps}/deployments", deployment("web", 1))
    await api.until(f"{apps}/deployments/web", lambda web: web["status"].get("replicas") == 1)
    answer = await api.delete(f"{apps}/deployments/web")
    assert answer.body["status"] == "Success"
    pods = (await api.get(f"{core}/pods", labelSelector="app=web")).body["items"]
    for each in pods:
        await api.until_gone(f"{core}/pods/{each['metadata']['name']}")
    assert (await api.get(f"{apps}/replicasets")).body["items"] == []


async def test_a_collection_is_deleted_by_selector(api: Api, core: str) -> None:
    for name, labels in (("a", {"tier": "web"}), ("b", {"tier": "web"}), ("c", {"tier": "db"})):
        await api.post(f"{core}/configmaps", config_map(name, labels))
    answer = await api.delete(f"{core}/configmaps", labelSelector="tier=web")
    assert answer.status == 200
    assert answer.body["kind"] == "ConfigMapList"
    left = {item["metadata"]["name"] for item in (await api.get(f"{core}/configmaps")).body["items"]}
    assert left - {"kube-root-ca.crt"} == {"c"}


async def test_a_dry_run_deletes_nothing(api: Api, core: str) -> None:
    await api.post(f"{core}/configmaps", config_map("one"))
    assert (await api.delete(f"{core}/configmaps/one", dryRun="All")).status == 200
    assert (await api.get(f"{core}/configmaps/one")).status == 200


async def test_a_pod_that_is_nowhere_goes_at_once(api: Api, core: str) -> None:
    await api.post(f"{core}/pods", pod("one", nodeSelector={"contract": "nowhere"}))
    answer = await api.delete(f"{core}/pods/one")
    assert answer.body["kind"] == "Pod"
    assert (await api.get(f"{core}/pods/one")).status == 404


async def test_a_running_pod_is_given_its_grace_period(api: Api, core: str) -> None:
    await api.post(f"{core}/pods", pod("one"))
    await api.until(f"{core}/pods/one", lambda one: one["status"]["phase"] == "Running")
    answer = await api.delete(f"{core}/pods/one", {"gracePeriodSeconds": 3})
    assert answer.body["metadata"]["deletionGracePeriodSeconds"] == 3
    assert answer.body["metadata"]["deletionTimestamp"]
    await api.until_gone(f"{core}/pods/one")


async def test_an_unknown_propagation_is_refused(api: Api, core: str) -> None:
    await api.post(f"{core}/configmaps", config_map("one"))
    assert (await api.delete(f"{core}/configmaps/one", {"propagationPolicy": "Sideways"})).status == 422


@pytest.fixture
async def doomed(api: Api) -> str:
    made = await api.post("/api/v1/namespaces", {"metadata": {"generateName": "contract-"}})
    name: str = made.body["metadata"]["name"]
    held = config_map("held")
    held["metadata"]["finalizers"] = [HELD]
    await api.post(f"/api/v1/namespaces/{name}/configmaps", held)
    return name


async def test_a_namespace_goes_when_its_content_is_gone(api: Api, doomed: str) -> None:
    answer = await api.delete(f"/api/v1/namespaces/{doomed}")
    assert answer.body["status"]["phase"] == "Terminating"
    refused = await api.post(f"/api/v1/namespaces/{doomed}/configmaps", config_map("late"))
    assert (refused.status, refused.reason) == (403, "Forbidden")
    assert "because it is being terminated" in refused.body["message"]
    path = f"/api/v1/namespaces/{doomed}/configmaps/held"
    await api.until(path, lambda held: "deletionTimestamp" in held["metadata"])
    await api.patch(path, {"metadata": {"finalizers": None}})
    await api.until_gone(f"/api/v1/namespaces/{doomed}")
