"""What a client asks first."""

import orjson
import pytest

from tests.contract.cluster.api import Api

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


@pytest.mark.parametrize("path", ["/version", "/version/"])
async def test_version_is_told_with_and_without_a_slash(api: Api, path: str) -> None:
    answer = await api.get(path)
    assert answer.status == 200
    assert answer.body["major"] == "1"
    assert answer.body["gitVersion"].startswith("v1.")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/livez"])
async def test_health_is_plain_text(api: Api, path: str) -> None:
    answer = await api.get(path)
    assert (answer.status, answer.body) == (200, "ok")


@pytest.mark.parametrize(
    ("path", "resource", "kind"),
    [
        ("/api/v1", "pods", "Pod"),
        ("/api/v1/", "pods/log", "Pod"),
        ("/api/v1", "pods/eviction", "Eviction"),
        ("/api/v1", "serviceaccounts/token", "TokenRequest"),
        ("/apis/apps/v1", "deployments", "Deployment"),
        ("/apis/apps/v1", "deployments/scale", "Scale"),
        ("/apis/batch/v1", "cronjobs", "CronJob"),
        ("/apis/policy/v1", "poddisruptionbudgets", "PodDisruptionBudget"),
    ],
)
async def test_discovery_lists_resources_with_their_kinds(api: Api, path: str, resource: str, kind: str) -> None:
    answer = await api.get(path)
    assert {each["name"]: each["kind"] for each in answer.body["resources"]}[resource] == kind


async def test_groups_name_their_preferred_version(api: Api) -> None:
    groups = {group["name"]: group for group in (await api.get("/apis")).body["groups"]}
    assert groups["apps"]["preferredVersion"]["groupVersion"] == "apps/v1"
    assert "autoscaling" in groups


@pytest.mark.parametrize(("path", "group"), [("/api", ""), ("/apis", "apps")])
async def test_aggregated_discovery_names_scope_and_short_names(api: Api, path: str, group: str) -> None:
    answer = await api.get(path, accept=AGGREGATED)
    found = next(item for item in answer.body["items"] if item["metadata"].get("name", "") == group)
    resources = {each["resource"]: each for each in found["versions"][0]["resources"]}
    wanted = resources["pods" if not group else "deployments"]
    assert wanted["scope"] == "Namespaced"
    assert wanted["shortNames"]
    assert "watch" in wanted["verbs"]


async def test_an_unknown_path_is_not_found(api: Api) -> None:
    answer = await api.get("/apis/none.example/v1/things")
    assert answer.status == 404


async def test_openapi_says_that_patches_take_field_validation(api: Api) -> None:
    index = orjson.loads((await api.get("/openapi/v3")).body)
    document = await api.get(index["paths"]["apis/apps/v1"]["serverRelativeURL"].split("?")[0])
    paths = document.body["paths"]
    patch = paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
    assert patch["x-kubernetes-group-version-kind"]["kind"] == "Deployment"
    assert "fieldValidation" in {parameter["name"] for parameter in patch["parameters"] if "name" in parameter}


async def test_an_answer_carries_the_audit_id_that_the_client_chose(api: Api) -> None:
    answer = await api.send("GET", "/version", {}, headers={"Audit-ID": "contract-1"})
    assert answer.headers["Audit-Id"] == "contract-1"
    assert (await api.get("/version")).headers["Audit-Id"]
