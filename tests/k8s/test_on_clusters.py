"""The adapter on the practice cluster and on a real one: the same calls, the same answers."""

import asyncio
import secrets
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import BadArguments, Conflict, Denied, NotFound, Rejected
from bot.k8s.lease import Election
from bot.model.actor import Subject
from bot.model.kube.configuration import ConfigMap
from bot.model.kube.pods import Pod
from bot.model.kube.workloads import Deployment, ReplicaSet
from bot.model.refs import ObjectRef
from bot.model.resources import CONFIGMAP, DEPLOYMENT, ROLE, ROLE_BINDING
from tests.k8s.conftest import Target
from tests.k8s.working import eventually, worker

MAYA = Subject("maya@example.com", ("sre",))


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
    async with asyncio.timeout(120), aclosing(target.cluster.changes([ref])) as ticks:
        async for _ in ticks:
            status = (await target.cluster.get(Deployment, "worker", target.namespace)).status
            if status.available_replicas == 1:
                break
    assert len(await target.cluster.list(ReplicaSet, target.namespace)) == 1


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
