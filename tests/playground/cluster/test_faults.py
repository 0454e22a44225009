"""Faults on demand, in the process and over the control path."""

import ssl
from collections.abc import AsyncIterator

import aiohttp
import pytest

from playground.cluster import PracticeCluster
from playground.cluster.faults import Effect, Fault
from playground.cluster.resources import CONFIGMAPS, DEPLOYMENTS, PODS
from tests.contract.cluster.api import Api
from tests.playground.cluster.conftest import TurnedClock, deployment

PATH = "/api/v1/namespaces/default/configmaps"


@pytest.fixture
async def session(cluster: PracticeCluster) -> AsyncIterator[aiohttp.ClientSession]:
    tls = ssl.create_default_context(cadata=cluster.certificate_pem.decode())
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session:
        yield session


@pytest.fixture
def api(cluster: PracticeCluster, session: aiohttp.ClientSession) -> Api:
    return Api(session, cluster.url, {"Authorization": f"Bearer {cluster.admin_token}"})


@pytest.mark.parametrize(
    ("effect", "status"),
    [
        (Effect.THROTTLE, 429),
        (Effect.SERVER_ERROR, 500),
        (Effect.UNAVAILABLE, 503),
        (Effect.GONE, 410),
        (Effect.UNAUTHORIZED, 401),
        (Effect.BAD_GATEWAY_HTML, 502),
    ],
)
async def test_a_refusal_lasts_as_often_as_it_is_asked_for(
    cluster: PracticeCluster, api: Api, effect: Effect, status: int
) -> None:
    cluster.faults.add(Fault(effect, times=2, verb="list", resource="configmaps"))
    assert [(await api.get(PATH)).status for _ in range(3)] == [status, status, 200]


async def test_throttling_says_when_to_try_again(cluster: PracticeCluster, api: Api) -> None:
    cluster.faults.add(Fault(Effect.THROTTLE))
    answer = await api.get(PATH)
    assert answer.headers["Retry-After"] == "1"
    assert answer.body["details"]["retryAfterSeconds"] == 1


async def test_a_fault_concerns_only_what_it_names(cluster: PracticeCluster, api: Api) -> None:
    cluster.faults.add(Fault(Effect.SERVER_ERROR, verb="watch", resource="pods", user="somebody"))
    assert (await api.get(PATH)).status == 200
    assert cluster.faults.rows


async def test_a_reset_closes_the_connection(cluster: PracticeCluster, api: Api) -> None:
    cluster.faults.add(Fault(Effect.RESET))
    with pytest.raises(aiohttp.ClientError):
        await api.post(PATH, {"metadata": {"name": "one"}})
    assert cluster.state.find(CONFIGMAPS, "default", "one") is None


async def test_a_watch_is_cut_in_the_middle_of_a_line(cluster: PracticeCluster, api: Api) -> None:
    cluster.faults.add(Fault(Effect.CUT_MID_LINE, verb="watch"))
    async with api.watch(PATH) as events:
        with pytest.raises(aiohttp.ClientPayloadError):
            await events.response.read()


async def test_a_watch_is_told_410_in_the_stream(cluster: PracticeCluster, api: Api) -> None:
    cluster.faults.add(Fault(Effect.GONE_IN_STREAM, verb="watch"))
    async with api.watch(PATH) as events:
        assert (await events.next())["type"] == "ADDED"
        gone = await events.next()
    assert (gone["type"], gone["object"]["code"]) == ("ERROR", 410)


async def test_a_version_from_before_a_compaction_is_gone(cluster: PracticeCluster, api: Api) -> None:
    for name in ("a", "b", "c"):
        await api.post(PATH, {"metadata": {"name": name}})
    first = await api.get(PATH, limit=1)
    cluster.expire_history()
    async with api.watch(PATH, resourceVersion=int(first.body["metadata"]["resourceVersion"]) - 1) as events:
        assert events.response.status == 200
        event = await events.next()
    assert (event["object"]["code"], event["object"]["reason"]) == (410, "Expired")
    assert event["object"]["message"].startswith("too old resource version: ")
    page = await api.get(PATH, limit=1, **{"continue": first.body["metadata"]["continue"]})
    assert (page.status, page.reason) == (410, "Expired")


async def test_history_is_kept_only_so_long(clock: TurnedClock) -> None:
    async with PracticeCluster(world=[], clock=clock, history=5) as cluster:
        for number in range(9):
            cluster.state.create(CONFIGMAPS, {"metadata": {"name": f"n{number}", "namespace": "default"}})
        now = cluster.store.revision
        assert len(cluster.store.since(CONFIGMAPS, now - 5)) == 5
        with pytest.raises(Exception, match="Expired"):
            cluster.store.since(CONFIGMAPS, now - 6)


async def test_the_control_path_takes_shows_and_clears_faults(cluster: PracticeCluster, api: Api) -> None:
    told = await api.post("/practice/faults", {"effect": "500", "times": 3, "verb": "list"})
    assert told.body["faults"] == [{"effect": "500", "times": 3, "verb": "list", "resource": "", "user": ""}]
    assert (await api.get(PATH)).status == 500
    assert (await api.get("/practice/faults")).body["faults"][0]["times"] == 2
    assert (await api.delete("/practice/faults")).body["faults"] == []
    assert (await api.get(PATH)).status == 200


@pytest.mark.parametrize("row", [{"effect": "nonsense"}, {"times": 1}, {"effect": "500", "colour": "red"}, ["x"]])
async def test_what_is_no_fault_is_refused(cluster: PracticeCluster, api: Api, row: object) -> None:
    answer = await api.send("POST", "/practice/faults", {}, row)
    assert answer.status == 400
    assert cluster.faults.rows == []


async def test_the_control_path_is_for_masters(cluster: PracticeCluster, session: aiohttp.ClientSession) -> None:
    token = cluster.add_user("practice:maya", ["practice:sre"])
    answer = await Api(session, cluster.url, {"Authorization": f"Bearer {token}"}).get("/practice/faults")
    assert answer.status == 403


async def test_pods_are_crashed_and_nodes_lost_over_the_control_path(
    cluster: PracticeCluster, clock: TurnedClock, api: Api
) -> None:
    cluster.state.create(DEPLOYMENTS, deployment("web", 2))
    await clock.turn(5)
    answer = await api.post("/practice/pods/crash", {"namespace": "default", "selector": "app=web", "code": 1})
    assert answer.body == {"crashed": 2}
    await api.post("/practice/nodes/node-1/lose", {})
    assert cluster.kubelets.is_down("node-1")
    await api.post("/practice/nodes/node-1/recover", {})
    assert not cluster.kubelets.is_down("node-1")
    await clock.turn(5)
    assert {pod["status"]["containerStatuses"][0]["restartCount"] for pod in cluster.store.items(PODS)} == {1}


async def test_a_revoked_token_is_unauthorized(cluster: PracticeCluster, session: aiohttp.ClientSession) -> None:
    token = cluster.add_user("practice:maya", ["system:masters"])
    api = Api(session, cluster.url, {"Authorization": f"Bearer {token}"})
    assert (await api.get(PATH)).status == 200
    cluster.users.revoke(token)
    assert (await api.get(PATH)).status == 401


async def test_the_speed_is_changed_while_it_runs() -> None:
    async with PracticeCluster(world=[], speed=2) as cluster:
        tls = ssl.create_default_context(cadata=cluster.certificate_pem.decode())
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session:
            api = Api(session, cluster.url, {"Authorization": f"Bearer {cluster.admin_token}"})
            assert (await api.get("/practice/speed")).body["speed"] == 2
            assert (await api.put("/practice/speed", {"speed": 10})).body["speed"] == 10
            assert (await api.put("/practice/speed", {"speed": 0})).status == 400
        assert cluster.speed == 10
