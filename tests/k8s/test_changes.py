"""Ticks when something under a workload may have changed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from aiohttp import web

from bot.k8s import changes as module
from bot.k8s.cluster import KubernetesCluster
from bot.model.refs import ObjectRef
from bot.model.resources import POD
from tests.k8s.scripted_server import Respond, ScriptedServer, answering, status

WORKER = ObjectRef("deployment", "worker", "shop")
DEPLOYMENT = {"metadata": {"name": "worker"}, "spec": {"selector": {"matchLabels": {"app": "worker"}}}}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SETTLE_S", 0.0)
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.001)


class Watches:
    """Answers watches that stay open and say something on demand."""

    def __init__(self) -> None:
        self.open: dict[str, web.StreamResponse] = {}
        self.arrived = asyncio.Condition()

    async def respond(self, request: web.Request) -> web.StreamResponse:
        if "watch" not in request.query:
            return await answering(DEPLOYMENT)(request)
        response = web.StreamResponse()
        await response.prepare(request)
        kind = request.path.rsplit("/", 1)[1]
        async with self.arrived:
            self.open[kind] = response
            self.arrived.notify_all()
        await asyncio.Event().wait()
        return response

    async def until_open(self, *kinds: str) -> None:
        async with self.arrived:
            await self.arrived.wait_for(lambda: set(kinds) <= set(self.open))


@asynccontextmanager
async def ticking(cluster: KubernetesCluster, ref: ObjectRef) -> AsyncIterator[AsyncGenerator[None, None]]:
    ticks = cluster.changes([ref])
    try:
        async with asyncio.timeout(120):
            yield ticks
    finally:
        await ticks.aclose()


async def test_the_first_tick_comes_at_once(cluster: KubernetesCluster) -> None:
    async with ticking(cluster, WORKER) as ticks:
        await anext(ticks)


@pytest.mark.parametrize("kind", ["deployments", "replicasets", "pods"])
async def test_a_change_of_the_workload_or_of_what_it_owns_is_a_tick(
    server: ScriptedServer, cluster: KubernetesCluster, kind: str
) -> None:
    watches = Watches()
    server.respond = watches.respond
    async with ticking(cluster, WORKER) as ticks:
        await anext(ticks)
        await watches.until_open("deployments", "replicasets", "pods")
        tick = asyncio.ensure_future(anext(ticks))
        await watches.open[kind].write(b'{"type":"MODIFIED"}\n')
        await tick


async def test_only_the_object_and_its_own_pods_are_watched(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    watches = Watches()
    server.respond = watches.respond
    async with ticking(cluster, WORKER) as ticks:
        await anext(ticks)
        await watches.until_open("deployments", "replicasets", "pods")
    asked = {heard.path.rsplit("/", 1)[1]: heard.query for heard in server.heard if "watch" in heard.query}
    assert asked["deployments"]["fieldSelector"] == "metadata.name=worker"
    assert asked["pods"]["labelSelector"] == "app=worker"
    assert asked["replicasets"]["labelSelector"] == "app=worker"


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(status(403, "Forbidden", "no"), id="forbidden"),
        pytest.param(status(500, "InternalError", "boom"), id="failing"),
        pytest.param(answering("<html>", 502), id="a proxy's page"),
    ],
)
async def test_a_watch_that_is_refused_is_tried_again_and_never_raises(
    server: ScriptedServer, cluster: KubernetesCluster, refusal: Respond
) -> None:
    server.respond = refusal
    async with ticking(cluster, WORKER) as ticks:
        for _ in range(4):
            await anext(ticks)


async def test_a_change_of_what_is_listed_is_a_tick(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    watches = Watches()
    server.respond = watches.respond
    async with asyncio.timeout(120), aclosing(cluster.list_changes(POD, "shop", selector="app=odoo")) as ticks:
        await anext(ticks)
        await watches.until_open("pods")
        tick = asyncio.ensure_future(anext(ticks))
        await watches.open["pods"].write(b'{"type":"ADDED"}\n')
        await tick
    assert [heard.query["labelSelector"] for heard in server.heard] == ["app=odoo"]


async def test_closing_ends_every_watch(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    watches = Watches()
    server.respond = watches.respond
    before = asyncio.all_tasks()
    async with ticking(cluster, WORKER) as ticks:
        await anext(ticks)
        await watches.until_open("deployments", "replicasets", "pods")
        assert len([task for task in asyncio.all_tasks() - before if "_follow" in repr(task)]) == 3
    assert not [task for task in asyncio.all_tasks() - before if "_follow" in repr(task)]
