"""Watches: from where, through which selector, with which ends."""

import pytest

from tests.contract.cluster.api import Api
from tests.contract.cluster.conftest import Target
from tests.contract.cluster.manifests import config_map

END = "k8s.io/initial-events-end"


@pytest.fixture
def path(core: str) -> str:
    return f"{core}/configmaps"


@pytest.mark.parametrize("spelling", ["true", "1", "True"])
async def test_each_spelling_of_true_starts_a_watch(api: Api, path: str, spelling: str) -> None:
    await api.post(path, config_map("one"))
    async with api.watch(path, watch=spelling, fieldSelector="metadata.name=one") as events:
        event = await events.next()
    assert event["type"] == "ADDED"
    assert event["object"]["kind"] == "ConfigMap"


async def test_a_watch_from_a_version_tells_only_what_is_new(api: Api, path: str) -> None:
    await api.post(path, config_map("old"))
    version = (await api.get(path)).body["metadata"]["resourceVersion"]
    async with api.watch(path, resourceVersion=version) as events:
        await api.post(path, config_map("new"))
        await api.patch(f"{path}/new", {"data": {"a": "1"}})
        await api.delete(f"{path}/new")
        seen = [await events.next() for _ in range(3)]
    assert [event["type"] for event in seen] == ["ADDED", "MODIFIED", "DELETED"]
    assert {event["object"]["metadata"]["name"] for event in seen} == {"new"}
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in seen]
    assert versions == sorted(versions)


async def test_a_deleted_event_carries_the_last_state(api: Api, path: str) -> None:
    await api.post(path, config_map("one", a="1"))
    version = (await api.get(path)).body["metadata"]["resourceVersion"]
    await api.delete(f"{path}/one")
    async with api.watch(path, resourceVersion=version) as events:
        event = await events.next()
    assert event["type"] == "DELETED"
    assert event["object"]["data"] == {"a": "1"}
    assert int(event["object"]["metadata"]["resourceVersion"]) > int(version)


async def test_an_object_that_crosses_the_selector_comes_and_goes(api: Api, path: str) -> None:
    version = (await api.get(path)).body["metadata"]["resourceVersion"]
    async with api.watch(path, resourceVersion=version, labelSelector="tier=web") as events:
        await api.post(path, config_map("one", {"tier": "db"}))
        await api.patch(f"{path}/one", {"metadata": {"labels": {"tier": "web"}}})
        await api.patch(f"{path}/one", {"data": {"a": "1"}})
        await api.patch(f"{path}/one", {"metadata": {"labels": {"tier": "db"}}})
        seen = [await events.next() for _ in range(3)]
    assert [event["type"] for event in seen] == ["ADDED", "MODIFIED", "DELETED"]


async def test_a_watch_ends_when_its_time_is_up(api: Api, path: str) -> None:
    async with api.watch(
        path, timeoutSeconds=1, resourceVersion=(await api.get(path)).body["metadata"]["resourceVersion"]
    ) as events:
        assert await events.rest() == []


async def test_a_bookmark_comes_before_the_end(api: Api, path: str) -> None:
    version = (await api.get(path)).body["metadata"]["resourceVersion"]
    async with api.watch(path, resourceVersion=version, allowWatchBookmarks=True, timeoutSeconds=4) as events:
        rest = await events.rest()
    assert {event["type"] for event in rest} == {"BOOKMARK"}
    assert int(rest[-1]["object"]["metadata"]["resourceVersion"]) >= int(version)
    assert rest[-1]["object"]["kind"] == "ConfigMap"


async def test_a_watch_list_gives_the_state_and_then_its_end(api: Api, path: str) -> None:
    await api.post(path, config_map("one"))
    query = {"sendInitialEvents": True, "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": True}
    async with api.watch(path, **query) as events:
        seen = [await events.next()]
        while seen[-1]["type"] != "BOOKMARK":
            seen.append(await events.next())
        await api.post(path, config_map("two"))
        after = await events.next()
    assert seen[-1]["object"]["metadata"]["annotations"] == {END: "true"}
    assert "one" in {event["object"]["metadata"]["name"] for event in seen[:-1]}
    assert after["object"]["metadata"]["name"] == "two"


async def test_a_watch_list_needs_its_version_match(api: Api, path: str) -> None:
    answer = await api.get(path, watch=True, sendInitialEvents=True)
    assert (answer.status, answer.reason) == (422, "Invalid")
    assert "resourceVersionMatch" in answer.body["message"]


async def test_a_version_that_is_no_number_is_refused(api: Api, path: str) -> None:
    told = 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'
    watch = await api.get(path, watch=True, resourceVersion="abc")
    assert (watch.status, watch.body["message"]) == (500, told)
    listed = await api.get(path, resourceVersion="abc")
    assert (listed.status, listed.body["message"]) == (400, f"invalid resource version: {told}")


async def test_a_watch_sees_only_its_namespace(api: Api, path: str, cluster_target: Target) -> None:
    version = (await api.get(path)).body["metadata"]["resourceVersion"]
    async with api.watch(path, resourceVersion=version) as events:
        stray = config_map("")
        stray["metadata"] = {"generateName": "contract-"}
        made = await api.post("/api/v1/namespaces/default/configmaps", stray)
        await api.delete(f"/api/v1/namespaces/default/configmaps/{made.body['metadata']['name']}")
        await api.post(path, config_map("mine"))
        event = await events.next()
    assert event["object"]["metadata"]["name"] == "mine"


async def test_a_watch_can_come_as_tables(api: Api, path: str) -> None:
    await api.post(path, config_map("one"))
    table = Api(api.session, api.url, {"Accept": "application/json;as=Table;g=meta.k8s.io;v=v1"})
    async with table.watch(path, fieldSelector="metadata.name=one") as events:
        event = await events.next()
    assert event["object"]["kind"] == "Table"
    assert event["object"]["rows"][0]["cells"][0] == "one"
