"""Server-side apply: ownership of fields, conflicts, and what is given up."""

from typing import Any

from tests.contract.cluster.api import APPLY, Answer, Api, Object
from tests.contract.cluster.manifests import IMAGE


async def apply(api: Api, path: str, manager: str, spec: Object, **query: Any) -> Answer:
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}
    return await api.patch(f"{path}/deployments/web", body, APPLY, fieldManager=manager, **query)


def whole(replicas: int | None = 0, **container: Any) -> Object:
    spec: Object = {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "app", "image": IMAGE, **container}]},
        },
    }
    return spec if replicas is None else {**spec, "replicas": replicas}


async def test_apply_creates_what_is_not_there(api: Api, apps: str) -> None:
    answer = await apply(api, apps, "one", whole())
    assert answer.status == 201
    entry = next(each for each in answer.body["metadata"]["managedFields"] if each["manager"] == "one")
    assert entry["operation"] == "Apply"
    assert "f:replicas" in entry["fieldsV1"]["f:spec"]


async def test_apply_again_changes_nothing(api: Api, apps: str) -> None:
    first = await apply(api, apps, "one", whole())
    again = await apply(api, apps, "one", whole())
    assert again.status == 200
    assert again.body["spec"] == first.body["spec"]
    assert again.body["metadata"]["generation"] == 1


async def test_a_field_of_another_manager_is_a_conflict(api: Api, apps: str) -> None:
    await apply(api, apps, "one", whole())
    answer = await apply(api, apps, "two", {"replicas": 3})
    assert (answer.status, answer.reason) == (409, "Conflict")
    assert answer.body["details"]["causes"] == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "one"', "field": ".spec.replicas"}
    ]
    assert answer.body["message"] == 'Apply failed with 1 conflict: conflict with "one": .spec.replicas'


async def test_several_conflicts_are_listed_by_manager(api: Api, apps: str) -> None:
    await apply(api, apps, "one", {**whole(), "minReadySeconds": 1})
    answer = await apply(api, apps, "two", {"replicas": 3, "minReadySeconds": 2})
    assert {cause["field"] for cause in answer.body["details"]["causes"]} == {".spec.replicas", ".spec.minReadySeconds"}
    assert answer.body["message"].startswith('Apply failed with 2 conflicts: conflicts with "one":\n- .spec.')


async def test_the_same_value_is_shared_without_conflict(api: Api, apps: str) -> None:
    await apply(api, apps, "one", whole())
    answer = await apply(api, apps, "two", {"replicas": 0})
    assert answer.status == 200
    owners = {
        each["manager"]
        for each in answer.body["metadata"]["managedFields"]
        if "f:replicas" in each["fieldsV1"].get("f:spec", {})
    }
    assert owners == {"one", "two"}


async def test_force_takes_the_field_over(api: Api, apps: str) -> None:
    await apply(api, apps, "one", whole())
    answer = await apply(api, apps, "two", {"replicas": 3}, force=True)
    assert answer.status == 200
    assert answer.body["spec"]["replicas"] == 3
    one = next(each for each in answer.body["metadata"]["managedFields"] if each["manager"] == "one")
    assert "f:replicas" not in one["fieldsV1"]["f:spec"]


async def test_an_updating_client_owns_what_it_changed(api: Api, apps: str) -> None:
    await apply(api, apps, "one", whole())
    await api.patch(f"{apps}/deployments/web", {"spec": {"replicas": 2}}, fieldManager="hand")
    answer = await apply(api, apps, "one", whole())
    assert answer.status == 409
    message = answer.body["details"]["causes"][0]["message"]
    assert message.startswith('conflict with "hand" using apps/v1')


async def test_a_conflict_with_scale_names_the_subresource(api: Api, apps: str) -> None:
    await apply(api, apps, "one", whole())
    await api.patch(f"{apps}/deployments/web/scale", {"spec": {"replicas": 2}}, fieldManager="scaler")
    answer = await apply(api, apps, "one", whole())
    assert answer.status == 409
    assert 'conflict with "scaler" with subresource "scale"' in answer.body["message"]


async def test_fields_of_list_items_are_named_by_their_key(api: Api, apps: str) -> None:
    await apply(api, apps, "one", whole())
    answer = await apply(api, apps, "two", whole(None, image="kubelab/other:1"))
    fields = {cause["field"] for cause in answer.body["details"]["causes"]}
    assert fields == {'.spec.template.spec.containers[name="app"].image'}


async def test_a_field_left_out_is_given_up_and_goes(api: Api, apps: str) -> None:
    await apply(api, apps, "one", whole(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]))
    answer = await apply(api, apps, "one", whole(env=[{"name": "B", "value": "2"}]))
    container = answer.body["spec"]["template"]["spec"]["containers"][0]
    assert container["env"] == [{"name": "B", "value": "2"}]


async def test_a_field_left_out_stays_while_another_owns_it(api: Api, apps: str) -> None:
    await apply(api, apps, "one", {**whole(), "minReadySeconds": 5})
    await apply(api, apps, "two", {"minReadySeconds": 5})
    answer = await apply(api, apps, "one", whole())
    assert answer.body["spec"]["minReadySeconds"] == 5


async def test_a_dry_run_apply_shows_conflicts_too(api: Api, apps: str) -> None:
    await apply(api, apps, "one", whole())
    assert (await apply(api, apps, "two", {"replicas": 3}, dryRun="All")).status == 409
    assert (await apply(api, apps, "two", {"replicas": 3}, dryRun="All", force=True)).body["spec"]["replicas"] == 3
    assert (await api.get(f"{apps}/deployments/web")).body["spec"]["replicas"] == 0
