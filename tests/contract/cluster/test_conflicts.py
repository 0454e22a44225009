"""Optimistic concurrency and preconditions: only the object that was meant is changed."""

import pytest

from tests.contract.cluster.api import JSON_PATCH, Api, Object
from tests.contract.cluster.manifests import config_map


@pytest.fixture
async def one(api: Api, core: str) -> Object:
    """A config map that has been changed once since it was read."""
    made: Object = (await api.post(f"{core}/configmaps", config_map("one", a="1"))).body
    await api.patch(f"{core}/configmaps/one", {"data": {"a": "2"}})
    return made


async def test_put_of_a_stale_version_is_refused(api: Api, core: str, one: Object) -> None:
    answer = await api.put(f"{core}/configmaps/one", one)
    assert (answer.status, answer.reason) == (409, "Conflict")
    assert answer.body["message"] == (
        'Operation cannot be fulfilled on configmaps "one": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


async def test_a_patch_with_a_stale_version_is_refused(api: Api, core: str, one: Object) -> None:
    version = one["metadata"]["resourceVersion"]
    answer = await api.patch(f"{core}/configmaps/one", {"metadata": {"resourceVersion": version}, "data": {"a": "3"}})
    assert (answer.status, answer.reason) == (409, "Conflict")


async def test_a_json_patch_can_test_the_version(api: Api, core: str, one: Object) -> None:
    operations = [
        {"op": "test", "path": "/metadata/resourceVersion", "value": one["metadata"]["resourceVersion"]},
        {"op": "replace", "path": "/data/a", "value": "3"},
    ]
    assert (await api.patch(f"{core}/configmaps/one", operations, JSON_PATCH)).status in {409, 422}


async def test_a_patch_for_another_uid_is_refused(api: Api, core: str, one: Object) -> None:
    answer = await api.patch(f"{core}/configmaps/one", {"metadata": {"uid": "another"}, "data": {"a": "3"}})
    assert answer.status in {409, 422}
    assert (await api.get(f"{core}/configmaps/one")).body["data"] == {"a": "2"}


@pytest.mark.parametrize("precondition", ["uid", "resourceVersion"])
async def test_delete_of_another_object_is_refused(api: Api, core: str, one: Object, precondition: str) -> None:
    value = one["metadata"]["resourceVersion"] if precondition == "resourceVersion" else "another"
    answer = await api.delete(f"{core}/configmaps/one", {"preconditions": {precondition: value}})
    assert (answer.status, answer.reason) == (409, "Conflict")
    assert (await api.get(f"{core}/configmaps/one")).status == 200


async def test_delete_of_the_object_meant_works(api: Api, core: str, one: Object) -> None:
    answer = await api.delete(f"{core}/configmaps/one", {"preconditions": {"uid": one["metadata"]["uid"]}})
    assert answer.status == 200
    assert answer.body["status"] == "Success"
    assert answer.body["details"] == {"name": "one", "kind": "configmaps", "uid": one["metadata"]["uid"]}


async def test_a_name_in_the_body_must_be_the_one_in_the_path(api: Api, core: str, one: Object) -> None:
    renamed = {**one, "metadata": {**one["metadata"], "name": "two", "resourceVersion": ""}}
    assert (await api.put(f"{core}/configmaps/one", renamed)).status == 400


async def test_a_namespace_in_the_body_must_be_the_one_in_the_path(api: Api, core: str) -> None:
    stray = config_map("one")
    stray["metadata"]["namespace"] = "elsewhere"
    answer = await api.post(f"{core}/configmaps", stray)
    assert answer.status == 400
    assert "namespace of the provided object does not match" in answer.body["message"]
