"""The four kinds of patch."""

import pytest

from tests.contract.cluster.api import APPLY, JSON_PATCH, STRATEGIC, Api, Object
from tests.contract.cluster.manifests import config_map, container, deployment


@pytest.fixture
async def web(api: Api, apps: str) -> str:
    template = {"containers": [container(name="app", env=[{"name": "A", "value": "1"}]), container(name="side")]}
    made = await api.post(f"{apps}/deployments", deployment("web", 0, template=template))
    assert made.status == 201, made.body
    return f"{apps}/deployments/web"


def containers(body: Object) -> dict[str, Object]:
    return {each["name"]: each for each in body["spec"]["template"]["spec"]["containers"]}


async def test_a_merge_patch_sets_and_removes(api: Api, core: str) -> None:
    await api.post(f"{core}/configmaps", config_map("one", a="1", b="2"))
    answer = await api.patch(f"{core}/configmaps/one", {"data": {"a": None, "c": "3"}})
    assert answer.body["data"] == {"b": "2", "c": "3"}


async def test_a_merge_patch_replaces_lists(api: Api, web: str) -> None:
    answer = await api.patch(web, {"spec": {"template": {"spec": {"containers": [container(name="new")]}}}})
    assert set(containers(answer.body)) == {"new"}


async def test_a_json_patch_works_step_by_step(api: Api, core: str) -> None:
    await api.post(f"{core}/configmaps", config_map("one", a="1"))
    answer = await api.patch(
        f"{core}/configmaps/one",
        [
            {"op": "test", "path": "/data/a", "value": "1"},
            {"op": "add", "path": "/data/x.y", "value": "2"},
            {"op": "replace", "path": "/data/a", "value": "3"},
        ],
        JSON_PATCH,
    )
    assert answer.body["data"] == {"a": "3", "x.y": "2"}


async def test_a_json_patch_escapes_slashes(api: Api, core: str) -> None:
    await api.post(f"{core}/configmaps", config_map("one", {"example.com/a": "1"}))
    operation = {"op": "replace", "path": "/metadata/labels/example.com~1a", "value": "2"}
    answer = await api.patch(f"{core}/configmaps/one", [operation], JSON_PATCH)
    assert answer.body["metadata"]["labels"] == {"example.com/a": "2"}


async def test_a_json_patch_whose_test_fails_changes_nothing(api: Api, core: str) -> None:
    await api.post(f"{core}/configmaps", config_map("one", a="1"))
    operations = [{"op": "replace", "path": "/data/a", "value": "2"}, {"op": "test", "path": "/data/a", "value": "1"}]
    answer = await api.patch(f"{core}/configmaps/one", operations, JSON_PATCH)
    assert answer.status == 422
    assert answer.reason == "Invalid"
    assert (await api.get(f"{core}/configmaps/one")).body["data"] == {"a": "1"}


async def test_a_json_patch_on_a_missing_path_is_refused(api: Api, core: str) -> None:
    await api.post(f"{core}/configmaps", config_map("one", a="1"))
    answer = await api.patch(f"{core}/configmaps/one", [{"op": "remove", "path": "/data/none"}], JSON_PATCH)
    assert answer.status == 422


async def test_a_strategic_patch_keeps_sibling_containers(api: Api, web: str) -> None:
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "kubelab/busybox:2"}]}}}}
    answer = await api.patch(web, patch, STRATEGIC)
    found = containers(answer.body)
    assert set(found) == {"app", "side"}
    assert found["side"]["image"] == "kubelab/busybox:2"
    assert found["side"]["command"]


async def test_a_strategic_patch_merges_environment_by_name(api: Api, web: str) -> None:
    environment = [{"name": "A", "value": "2"}, {"name": "B", "value": "3"}]
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "app", "env": environment}]}}}}
    answer = await api.patch(web, patch, STRATEGIC)
    assert {each["name"]: each["value"] for each in containers(answer.body)["app"]["env"]} == {"A": "2", "B": "3"}


async def test_a_strategic_patch_deletes_by_directive(api: Api, web: str) -> None:
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}}}}
    assert set(containers((await api.patch(web, patch, STRATEGIC)).body)) == {"app"}


async def test_a_strategic_patch_replaces_by_directive(api: Api, web: str) -> None:
    patch = {"spec": {"template": {"spec": {"containers": [{"$patch": "replace"}, container(name="only")]}}}}
    assert set(containers((await api.patch(web, patch, STRATEGIC)).body)) == {"only"}


async def test_a_strategic_patch_orders_by_directive(api: Api, web: str) -> None:
    order = [{"name": "side"}, {"name": "app"}]
    patch = {"spec": {"template": {"spec": {"$setElementOrder/containers": order, "containers": [{"name": "app"}]}}}}
    assert list(containers((await api.patch(web, patch, STRATEGIC)).body)) == ["side", "app"]


async def test_a_strategic_patch_deletes_plain_values(api: Api, core: str) -> None:
    made = config_map("one")
    made["metadata"]["finalizers"] = ["contract.example/a", "contract.example/b"]
    await api.post(f"{core}/configmaps", made)
    patch: Object = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["contract.example/a"]}}
    answer = await api.patch(f"{core}/configmaps/one", patch, STRATEGIC)
    assert answer.body["metadata"]["finalizers"] == ["contract.example/b"]
    patch = {"metadata": {"finalizers": None}}
    assert "finalizers" not in (await api.patch(f"{core}/configmaps/one", patch)).body["metadata"]


async def test_the_strategy_is_swapped_with_retain_keys(api: Api, web: str) -> None:
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    answer = await api.patch(web, patch, STRATEGIC)
    assert answer.body["spec"]["strategy"] == {"type": "Recreate"}


async def test_an_unknown_patch_type_is_refused(api: Api, web: str) -> None:
    answer = await api.patch(web, {}, "application/json")
    assert (answer.status, answer.reason) == (415, "UnsupportedMediaType")


async def test_a_changed_spec_counts_a_generation_and_metadata_does_not(api: Api, web: str) -> None:
    labelled = await api.patch(web, {"metadata": {"labels": {"x": "y"}}})
    paused = await api.patch(web, {"spec": {"paused": True}})
    assert labelled.body["metadata"]["generation"] == 1
    assert paused.body["metadata"]["generation"] == 2


async def test_a_patch_of_a_missing_object_is_not_found(api: Api, apps: str) -> None:
    assert (await api.patch(f"{apps}/deployments/none", {"spec": {"replicas": 1}})).status == 404


async def test_a_dry_run_patch_shows_what_would_be(api: Api, web: str) -> None:
    answer = await api.patch(web, {"spec": {"minReadySeconds": 7}}, dryRun="All")
    assert answer.body["spec"]["minReadySeconds"] == 7
    assert "minReadySeconds" not in (await api.get(web)).body["spec"]


async def test_apply_without_a_manager_is_refused(api: Api, web: str) -> None:
    answer = await api.patch(web, {"apiVersion": "apps/v1", "kind": "Deployment"}, APPLY)
    assert answer.status == 422
    assert answer.body["message"] == (
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'
    )


async def test_apply_needs_the_type_of_the_object(api: Api, web: str) -> None:
    answer = await api.patch(web, {"metadata": {"name": "web"}}, APPLY, fieldManager="one")
    assert (answer.status, answer.body["message"]) == (400, "invalid object type: /, Kind=")
