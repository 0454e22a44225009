"""On the practice cluster and on a real one: pods that are evicted, read, entered and followed."""

import asyncio
from collections.abc import Callable

import pytest

from bot.errors import BadArguments, Conflict, NotFound
from bot.k8s.exec import KubernetesExec
from bot.k8s.logs import KubernetesLogs
from bot.k8s.reflector import Reflector
from bot.model.execution import ExecQuery
from bot.model.kube.pods import WatchedPod
from bot.model.logs import LogQuery, LogSource
from bot.model.refs import ObjectRef
from bot.model.resources import POD, POD_DISRUPTION_BUDGET
from tests.k8s.conftest import Target
from tests.k8s.working import eventually, running_pod, worker


class Names:
    """A sink that knows which pods of one namespace are there."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.present: set[str] = set()
        self.is_synced = False

    def on_object(self, obj: WatchedPod, live: bool) -> bool:
        if obj.metadata.namespace == self.namespace:
            self.present.add(obj.metadata.uid)
        return True

    def on_deleted(self, uid: str, last: WatchedPod | None) -> None:
        self.present.discard(uid)

    def on_synced(self) -> None:
        self.is_synced = True


async def test_a_reflector_follows_pods_as_they_come_and_go(target: Target) -> None:
    names = Names(target.namespace)
    reflector = Reflector(target.session, WatchedPod, names)
    running = asyncio.ensure_future(reflector.run())

    async def holds(condition: Callable[[], bool]) -> None:
        async def look() -> bool:
            return condition()

        await eventually(look)

    try:
        await holds(lambda: names.is_synced)
        ref = await worker(target, replicas=3)
        await holds(lambda: len(names.present) == 3)
        await target.cluster.merge_patch(ref, {"spec": {"replicas": 1}}, subresource="scale")
        await holds(lambda: len(names.present) == 1)
        assert reflector.freshness.complaint == ""
        assert reflector.freshness.undecodable == 0
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_disruption_budget_holds_back_an_eviction(target: Target) -> None:
    await worker(target)
    pod = await running_pod(target)
    ref = ObjectRef("pod", pod.metadata.name, target.namespace, uid=pod.metadata.uid)
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": "worker"}}}
    budget = {"metadata": {"name": "worker"}, "spec": spec}
    await target.cluster.create(POD_DISRUPTION_BUDGET, budget, namespace=target.namespace)

    async def observed() -> bool:
        stored = await target.cluster.get_object(POD_DISRUPTION_BUDGET, "worker", target.namespace)
        return bool(stored.get("status", {}).get("expectedPods"))

    await eventually(observed)
    with pytest.raises(Conflict, match="A PodDisruptionBudget does not let"):
        await target.cluster.evict(ref)
    await target.cluster.delete(ObjectRef("poddisruptionbudget", "worker", target.namespace))
    await target.cluster.evict(ref)


async def test_the_log_of_a_pod_is_read(target: Target) -> None:
    await worker(target)
    pod = await running_pod(target)
    query = LogQuery(namespace=target.namespace, sources=(LogSource(pod.metadata.name, "app"),), tail=5)
    assert not (await KubernetesLogs(target.session).read(query)).failures
    previous = LogQuery(namespace=target.namespace, sources=query.sources, previous=True)
    with pytest.raises(NotFound, match="no container before its last restart"):
        await KubernetesLogs(target.session).read(previous)


async def test_a_command_runs_in_a_pod_and_its_exit_code_comes_back(target: Target) -> None:
    await worker(target)
    pod = await running_pod(target)
    execution = KubernetesExec(target.session)
    said = await execution.run(
        ExecQuery(namespace=target.namespace, pod=pod.metadata.name, command=("echo", "hello"), container="app")
    )
    assert (said.stdout, said.exit_code) == ("hello\n", 0)
    with pytest.raises(NotFound):
        await execution.run(ExecQuery(namespace=target.namespace, pod="nobody", command=("echo",)))


async def test_a_pod_with_a_bad_name_is_refused_before_it_is_asked_for(target: Target) -> None:
    with pytest.raises(BadArguments):
        await target.cluster.get_object(POD, "../../secrets", target.namespace)
