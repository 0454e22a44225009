"""The adapter on the practice cluster and on a real one: the same calls, the same answers."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from bot.errors import BadArguments, Conflict, Denied, NotFound, Rejected
from bot.k8s.exec import KubernetesExec
from bot.k8s.lease import Election
from bot.k8s.logs import KubernetesLogs
from bot.k8s.reflector import Reflector
from bot.model.actor import Subject
from bot.model.execution import ExecQuery
from bot.model.kube.configuration import ConfigMap
from bot.model.kube.pods import Pod, WatchedPod
from bot.model.kube.workloads import Deployment, ReplicaSet
from bot.model.logs import LogQuery, LogSource
from bot.model.refs import ObjectRef
from bot.model.resources import CONFIGMAP, DEPLOYMENT, POD, POD_DISRUPTION_BUDGET, ROLE, ROLE_BINDING
from tests.k8s.conftest import Target

T = TypeVar("T")

MAYA = Subject("maya@example.com", ("sre",))


def deployment(target: Target, *, replicas: int = 1) -> dict[str, Any]:
    container = {"name": "app", "image": target.image, "imagePullPolicy": "Never"}
    return {
        "metadata": {"name": "worker"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "worker"}},
            "template": {
                "metadata": {"labels": {"app": "worker"}},
                "spec": {"containers": [container], "terminationGracePeriodSeconds": 1},
            },
        },
    }


async def worker(target: Target, *, replicas: int = 1) -> ObjectRef:
    made = await target.cluster.create(DEPLOYMENT, deployment(target, replicas=replicas), namespace=target.namespace)
    return ObjectRef("deployment", "worker", target.namespace, uid=made["metadata"]["uid"])


async def eventually(look: Callable[[], Awaitable[T]], within_s: float = 40) -> T:
    """Ask until there is something, as clusters take their time."""
    async with asyncio.timeout(within_s):
        while not (found := await look()):  # noqa: ASYNC110  # what a cluster does, no event tells
            await asyncio.sleep(0.1)
        return found


async def running_pod(target: Target) -> Pod:
    async def look() -> Sequence[Pod]:
        pods = await target.cluster.list(Pod, target.namespace, selector="app=worker")
        return [pod for pod in pods if any(status.ready for status in pod.status.container_statuses)]

    return (await eventually(look))[0]


async def test_objects_are_listed_by_selector_and_field(target: Target) -> None:
    for name, tier in (("a", "web"), ("b", "db"), ("c", "web")):
        body = {"metadata": {"name": name, "labels": {"tier": tier}}, "data": {"k": name}}
        await target.cluster.create(CONFIGMAP, body, namespace=target.namespace)
    found = await target.cluster.list(ConfigMap, target.namespace, selector="tier in (web)")
    assert [(one.metadata.name, one.data) for one in found] == [("a", {"k": "a"}), ("c", {"k": "c"})]
    one = await target.cluster.list(ConfigMap, target.namespace, fields="metadata.name=b")
    assert [config.metadata.name for config in one] == ["b"]
    assert len(await target.cluster.list_objects(CONFIGMAP, target.namespace, limit=2)) == 2


async def test_what_is_not_there_is_named(target: Target) -> None:
    with pytest.raises(NotFound, match=f'No pod "web-9" in {target.namespace}'):
        await target.cluster.get(Pod, "web-9", target.namespace)
    with pytest.raises(NotFound, match='There is no namespace "nowhere"'):
        await target.cluster.create(CONFIGMAP, {"metadata": {"name": "x"}}, namespace="nowhere")


async def test_a_selection_that_cannot_be_read_is_the_askers_to_mend(target: Target) -> None:
    with pytest.raises(BadArguments, match="does not understand the selection"):
        await target.cluster.list(Pod, target.namespace, selector="app in (")
    with pytest.raises(BadArguments, match="does not understand the selection"):
        await target.cluster.list(Pod, target.namespace, fields="spec.nothing=1")


async def test_only_one_object_has_a_name(target: Target) -> None:
    await worker(target)
    with pytest.raises(Conflict, match=f"deployment/worker -n {target.namespace} exists already"):
        await worker(target)


async def test_a_write_happens_only_on_the_version_and_object_it_was_made_for(target: Target) -> None:
    ref = await worker(target)
    with pytest.raises(Conflict, match="changed meanwhile"):
        await target.cluster.merge_patch(ref, {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 2}})
    other = secrets.token_hex(8)
    with pytest.raises(Conflict, match="replaced by another object"):
        await target.cluster.merge_patch(ref, {"metadata": {"uid": other}, "spec": {"replicas": 2}})
    test = {"op": "test", "path": "/metadata/uid", "value": other}
    with pytest.raises(Conflict):
        await target.cluster.json_patch(ref, [test, {"op": "replace", "path": "/spec/replicas", "value": 2}])
    with pytest.raises(Conflict, match="replaced by another object"):
        await target.cluster.delete(ObjectRef("deployment", "worker", target.namespace, uid=other))
    assert (await target.cluster.get(Deployment, "worker", target.namespace)).spec.replicas == 1


async def test_scaling_goes_through_the_scale_subresource(target: Target) -> None:
    ref = await worker(target)
    scale = await target.cluster.merge_patch(ref, {"spec": {"replicas": 2}}, subresource="scale")
    assert (scale["kind"], scale["spec"]["replicas"]) == ("Scale", 2)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"spec": {"replicas": -1}}, id="negative"),
        pytest.param({"spec": {"replicas": "many"}}, id="a word"),
        pytest.param({"spec": {"replicaz": 1}}, id="an unknown field"),
    ],
)
async def test_what_does_not_fit_is_refused_and_changes_nothing(target: Target, body: dict[str, Any]) -> None:
    ref = await worker(target)
    with pytest.raises(Rejected) as refused:
        await target.cluster.merge_patch(ref, body)
    assert "managedFields" not in str(refused.value)
    assert (await target.cluster.get(Deployment, "worker", target.namespace)).spec.replicas == 1


async def test_a_dry_run_answers_and_stores_nothing(target: Target) -> None:
    ref = await worker(target)
    answer = await target.cluster.merge_patch(ref, {"spec": {"replicas": 7}}, dry_run=True)
    assert answer["spec"]["replicas"] == 7
    assert (await target.cluster.get(Deployment, "worker", target.namespace)).spec.replicas == 1


async def test_our_name_stands_in_managed_fields(target: Target) -> None:
    ref = await worker(target)
    await target.cluster.strategic_patch(ref, {"spec": {"template": {"metadata": {"annotations": {"at": "now"}}}}})
    stored = await target.cluster.get_object(DEPLOYMENT, "worker", target.namespace)
    assert "saas-bot" in {entry["manager"] for entry in stored["metadata"]["managedFields"]}


async def test_fields_of_another_manager_are_taken_over_only_by_force(target: Target) -> None:
    ref = await worker(target)
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "worker"}, "spec": {"replicas": 3}}
    with pytest.raises(Conflict, match=r"\.spec\.replicas by saas-bot"):
        await target.cluster.apply(ref, body)
    applied = await target.cluster.apply(ref, body, force=True)
    assert applied["spec"]["replicas"] == 3


async def test_applying_creates_what_is_not_there(target: Target) -> None:
    ref = ObjectRef("configmap", "fresh", target.namespace)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "fresh"}, "data": {"a": "1"}}
    await target.cluster.apply(ref, body)
    assert (await target.cluster.get(ConfigMap, "fresh", target.namespace)).data == {"a": "1"}


async def test_a_person_may_what_a_role_lets_him_and_is_told_the_rule_that_is_missing(target: Target) -> None:
    rules = [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}]
    await target.cluster.create(ROLE, {"metadata": {"name": "look"}, "rules": rules}, namespace=target.namespace)
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "look"}
    group = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "sre"}
    binding = {"metadata": {"name": "look"}, "roleRef": reference, "subjects": [group]}
    await target.cluster.create(ROLE_BINDING, binding, namespace=target.namespace)
    ref = await worker(target)

    async def allowed() -> bool:
        answer = await target.cluster.may(MAYA, "get", "deployments", group="apps", namespace=target.namespace)
        return answer.allowed

    await eventually(allowed)
    assert not (await target.cluster.may(MAYA, "get", "deployments", group="apps", namespace="default")).allowed
    scale = await target.cluster.may(MAYA, "patch", "deployments/scale", group="apps", namespace=target.namespace)
    assert not scale.allowed
    maya = target.cluster.impersonating(MAYA)
    assert (await maya.get(Deployment, "worker", target.namespace)).metadata.name == "worker"
    with pytest.raises(Denied, match=r"no rule lets maya@example\.com patch deployments/scale") as denied:
        await maya.merge_patch(ref, {"spec": {"replicas": 2}}, subresource="scale")
    assert 'resources ["deployments/scale"], verbs ["patch"]' in denied.value.hint


async def test_a_rollout_ticks_until_its_pods_are_there(target: Target) -> None:
    ref = await worker(target)
    async with asyncio.timeout(40), aclosing(target.cluster.changes([ref])) as ticks:
        async for _ in ticks:
            status = (await target.cluster.get(Deployment, "worker", target.namespace)).status
            if status.available_replicas == 1:
                break
    assert len(await target.cluster.list(ReplicaSet, target.namespace)) == 1


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


async def test_a_lease_passes_on_when_its_holder_leaves(target: Target) -> None:
    def election(identity: str) -> Election:
        return Election(
            target.cluster, namespace=target.namespace, name="bot", identity=identity, now=lambda: datetime.now(UTC)
        )

    epochs: dict[str, int] = {}

    async def lead(name: str) -> None:
        async def term(epoch: int) -> None:
            epochs[name] = epoch
            await asyncio.Event().wait()

        await election(name).run(term)

    async def leads(name: str) -> int:
        return epochs.get(name, 0)

    first = asyncio.ensure_future(lead("a"))
    await eventually(lambda: leads("a"))
    second = asyncio.ensure_future(lead("b"))
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await eventually(lambda: leads("b"))
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert epochs == {"a": 1, "b": 2}


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
