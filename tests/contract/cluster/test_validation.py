"""What a server refuses to store, and in which words."""

from typing import Any

import pytest

from tests.contract.cluster.api import Api, Object
from tests.contract.cluster.manifests import config_map, container, deployment, job, pod


def changed(manifest: Object, path: str, value: Any) -> Object:
    """Set the field at a dotted path; numbers step into lists."""
    at: Any = manifest
    *steps, last = path.split(".")
    for step in steps:
        at = at[int(step)] if step.isdigit() else at.setdefault(step, {})
    at[last] = value
    return manifest


@pytest.mark.parametrize(
    ("path", "value", "field", "reason"),
    [
        ("spec.replicas", -1, "spec.replicas", "FieldValueInvalid"),
        ("metadata.name", "Web", "metadata.name", "FieldValueInvalid"),
        ("metadata.name", "a" * 254, "metadata.name", "FieldValueInvalid"),
        ("metadata.name", "../x", "metadata.name", "FieldValueInvalid"),
        ("metadata.labels", {"a": "not valid!"}, "metadata.labels", "FieldValueInvalid"),
        ("spec.template.spec.containers", [], "spec.template.spec.containers", "FieldValueRequired"),
        ("spec.template.metadata.labels", {"other": "x"}, "spec.template.metadata.labels", "FieldValueInvalid"),
        ("spec.template.spec.restartPolicy", "Never", "spec.template.spec.restartPolicy", "FieldValueNotSupported"),
        ("spec.strategy.type", "Sometimes", "spec.strategy", "FieldValueNotSupported"),
        ("spec.template.spec.containers.0.name", "A b", "spec.template.spec.containers[0].name", "FieldValueInvalid"),
        (
            "spec.template.spec.containers.0.volumeMounts",
            [{"name": "none", "mountPath": "/x"}],
            "spec.template.spec.containers[0].volumeMounts[0].name",
            "FieldValueNotFound",
        ),
        (
            "spec.template.spec.containers.0.ports",
            [{"containerPort": 70000}],
            "spec.template.spec.containers[0].ports[0].containerPort",
            "FieldValueInvalid",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
async def test_a_deployment_against_the_rules_is_invalid(
    api: Api, apps: str, path: str, value: Any, field: str, reason: str
) -> None:
    answer = await api.post(f"{apps}/deployments", changed(deployment("web"), path, value))
    assert (answer.status, answer.reason) == (422, "Invalid")
    assert (field, reason) in {(cause["field"], cause["reason"]) for cause in answer.body["details"]["causes"]}


async def test_the_message_names_kind_name_field_and_value(api: Api, apps: str) -> None:
    answer = await api.post(f"{apps}/deployments", deployment("web", -1))
    assert answer.body["message"] == (
        'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'
    )
    assert answer.body["details"]["kind"] == "Deployment"


@pytest.mark.parametrize(
    ("path", "value"),
    [("spec.replicas", "1"), ("spec.template.spec.containers", {}), ("metadata.labels", ["a"]), ("spec.paused", "yes")],
    ids=["text for a number", "map for a list", "list for a map", "text for a boolean"],
)
async def test_a_wrong_type_cannot_be_read(api: Api, apps: str, path: str, value: Any) -> None:
    answer = await api.post(f"{apps}/deployments", changed(deployment("web"), path, value))
    assert (answer.status, answer.reason) == (400, "BadRequest")
    assert "cannot unmarshal" in answer.body["message"]


async def test_a_wrong_type_in_a_patch_is_refused(api: Api, apps: str) -> None:
    await api.post(f"{apps}/deployments", deployment("web", 0))
    answer = await api.patch(f"{apps}/deployments/web", {"spec": {"replicas": "1"}})
    assert answer.status in {400, 422}
    assert (await api.get(f"{apps}/deployments/web")).body["spec"]["replicas"] == 0


async def test_an_unknown_field_is_dropped_with_a_warning(api: Api, apps: str) -> None:
    answer = await api.post(f"{apps}/deployments", changed(deployment("web", 0), "spec.colour", "red"))
    assert answer.status == 201
    assert "colour" not in answer.body["spec"]
    assert answer.headers["Warning"] == '299 - "unknown field \\"spec.colour\\""'


async def test_an_unknown_field_is_refused_when_asked_to_be_strict(api: Api, apps: str) -> None:
    wanted = changed(deployment("web", 0), "spec.template.spec.containers.0.livenesProbe", {})
    answer = await api.post(f"{apps}/deployments", wanted, fieldValidation="Strict")
    assert (answer.status, answer.reason) == (400, "BadRequest")
    assert 'unknown field "spec.template.spec.containers[0].livenesProbe"' in answer.body["message"]


async def test_an_unknown_field_is_dropped_in_silence_when_asked_to(api: Api, apps: str) -> None:
    wanted = changed(deployment("web", 0), "spec.colour", "red")
    answer = await api.post(f"{apps}/deployments", wanted, fieldValidation="Ignore")
    assert answer.status == 201
    assert "Warning" not in answer.headers


async def test_another_kind_is_not_taken(api: Api, apps: str) -> None:
    answer = await api.post(f"{apps}/deployments", {**deployment("web"), "kind": "StatefulSet"})
    assert answer.status == 400


async def test_another_version_is_not_taken(api: Api, apps: str) -> None:
    answer = await api.post(f"{apps}/deployments", {**deployment("web"), "apiVersion": "apps/v1beta1"})
    assert answer.status == 400
    assert "apps/v1beta1" in answer.body["message"]


async def test_what_is_not_json_is_not_taken(api: Api, apps: str) -> None:
    headers = {"Content-Type": "application/json"}
    async with api.session.post(f"{api.url}{apps}/deployments", data=b"{nonsense", headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["reason"] == "BadRequest"


async def test_a_name_is_required(api: Api, core: str) -> None:
    answer = await api.post(f"{core}/configmaps", config_map(""))
    assert answer.status == 422
    assert "name or generateName is required" in answer.body["message"]


@pytest.mark.parametrize(
    ("plural", "made", "patch"),
    [
        (
            "apps/v1:deployments",
            deployment("one", 0),
            {"spec": {"selector": {"matchLabels": {"x": "y"}}, "template": {"metadata": {"labels": {"x": "y"}}}}},
        ),
        ("batch/v1:jobs", job("one", ["true"], suspend=True), {"spec": {"completionMode": "Indexed"}}),
        ("v1:pods", pod("one", nodeSelector={"contract": "nowhere"}), {"spec": {"containers": [container(["true"])]}}),
        ("v1:secrets", {"metadata": {"name": "one"}, "type": "Opaque"}, {"type": "other"}),
    ],
    ids=["selector of a deployment", "completion mode of a job", "command of a pod", "type of a secret"],
)
async def test_some_fields_cannot_change(api: Api, namespace: str, plural: str, made: Object, patch: Object) -> None:
    version, name = plural.split(":")
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    path = f"{root}/namespaces/{namespace}/{name}"
    assert (await api.post(path, made)).status == 201
    answer = await api.patch(f"{path}/one", patch)
    assert (answer.status, answer.reason) == (422, "Invalid")


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("spec.template.spec.restartPolicy", "Always", "spec.template.spec.restartPolicy"),
        ("spec.backoffLimit", -1, "spec.backoffLimit"),
        ("spec.ttlSecondsAfterFinished", -1, "spec.ttlSecondsAfterFinished"),
    ],
)
async def test_a_job_against_the_rules_is_invalid(api: Api, batch: str, path: str, value: Any, field: str) -> None:
    answer = await api.post(f"{batch}/jobs", changed(job("one", ["true"]), path, value))
    assert answer.status == 422
    assert field in {cause["field"] for cause in answer.body["details"]["causes"]}


async def test_an_autoscaler_needs_its_upper_bound(api: Api, namespace: str) -> None:
    wanted = {"metadata": {"name": "one"}, "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}}
    answer = await api.post(f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers", wanted)
    assert answer.status == 422
    assert "spec.maxReplicas" in answer.body["message"]


@pytest.mark.parametrize(
    ("group", "plural", "made", "field"),
    [
        ("rbac.authorization.k8s.io/v1", "rolebindings", {"subjects": []}, "roleRef"),
        ("batch/v1", "cronjobs", {"spec": {"schedule": "0 0 * * *"}}, "spec.jobTemplate"),
        ("apps/v1", "deployments", {"spec": {"replicas": 1}}, "spec.selector"),
        ("autoscaling/v2", "horizontalpodautoscalers", {"spec": {"maxReplicas": 2}}, "spec.scaleTargetRef"),
    ],
    ids=["role of a binding", "template of a cron job", "selector of a deployment", "target of an autoscaler"],
)
async def test_what_is_required_must_be_there(
    api: Api, namespace: str, group: str, plural: str, made: Object, field: str
) -> None:
    answer = await api.post(f"/apis/{group}/namespaces/{namespace}/{plural}", {**made, "metadata": {"name": "one"}})
    assert (answer.status, answer.reason) == (422, "Invalid")
    assert any(cause["field"].startswith(field) for cause in answer.body["details"]["causes"])


async def test_a_method_that_makes_no_sense_is_refused(api: Api, core: str) -> None:
    answer = await api.send("POST", f"{core}/configmaps/one", {}, config_map("one"))
    assert answer.status == 405


async def test_a_body_that_is_too_big_is_refused(api: Api, core: str) -> None:
    answer = await api.post(f"{core}/configmaps", config_map("one", a="x" * 4_000_000))
    assert answer.status == 413
