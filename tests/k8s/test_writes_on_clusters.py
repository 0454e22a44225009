"""Each kind of write on the practice cluster and a real one: tried without effect, bound to its object, audited."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from msgspec import structs
from multidict import CIMultiDict

from bot.errors import Conflict, NotFound
from bot.k8s.access_review import rules
from bot.k8s.cluster import KubernetesCluster, write
from bot.model.actor import Subject
from bot.model.kube.configuration import ConfigMap
from bot.model.kube.jobs import Job
from bot.model.kube.pods import Pod
from bot.model.kube.workloads import Deployment
from bot.model.refs import ObjectRef
from bot.model.resources import CONFIGMAP, JOB, ROLE, ROLE_BINDING
from tests.k8s.conftest import Target
from tests.k8s.working import eventually, running_pod, worker

Try = Callable[[KubernetesCluster, ObjectRef], Awaitable[object]]

TRIES: dict[str, Try] = {
    "merge patch": lambda cluster, ref: cluster.merge_patch(ref, {"data": {"a": "2"}}, dry_run=True),
    "strategic patch": lambda cluster, ref: cluster.strategic_patch(ref, {"data": {"a": "2"}}, dry_run=True),
    "JSON patch": lambda cluster, ref: cluster.json_patch(
        ref, [{"op": "replace", "path": "/data/a", "value": "2"}], dry_run=True
    ),
    "apply": lambda cluster, ref: cluster.apply(ref, applied(ref, "2"), dry_run=True, force=True),
    "create": lambda cluster, ref: cluster.create(
        CONFIGMAP, {"metadata": {"name": "other"}}, namespace=ref.namespace, dry_run=True
    ),
}


def applied(ref: ObjectRef, value: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": ref.name}, "data": {"a": value}}


async def config(target: Target) -> ObjectRef:
    body = {"metadata": {"name": "config"}, "data": {"a": "1"}}
    made = await target.cluster.create(CONFIGMAP, body, namespace=target.namespace)
    return ObjectRef("configmap", "config", target.namespace, uid=made["metadata"]["uid"])


@pytest.mark.parametrize("attempt", TRIES.values(), ids=TRIES)
async def test_what_is_only_tried_is_answered_and_not_stored(target: Target, attempt: Try) -> None:
    ref = await config(target)
    assert await attempt(target.cluster, ref)
    assert (await target.cluster.get(ConfigMap, "config", target.namespace)).data == {"a": "1"}
    with pytest.raises(NotFound):
        await target.cluster.get(ConfigMap, "other", target.namespace)


async def test_an_eviction_is_tried_and_bound_to_its_pod(target: Target) -> None:
    await worker(target)
    pod = await running_pod(target)
    ref = ObjectRef("pod", pod.metadata.name, target.namespace, uid=pod.metadata.uid)
    await target.cluster.evict(ref, dry_run=True)
    with pytest.raises(Conflict, match="replaced by another object"):
        await target.cluster.evict(structs.replace(ref, uid=str(uuid4())))
    kept = await target.cluster.get(Pod, ref.name, target.namespace)
    assert kept.metadata.deletion_timestamp is None


async def test_a_paused_deployment_starts_no_rollout_until_it_is_resumed(target: Target) -> None:
    ref = await worker(target)
    await running_pod(target)
    await target.cluster.merge_patch(ref, {"metadata": {"uid": ref.uid}, "spec": {"paused": True}})
    template = {"spec": {"template": {"metadata": {"annotations": {"again": "yes"}}}}}
    await target.cluster.strategic_patch(ref, template)

    async def seen() -> bool:
        now = await target.cluster.get(Deployment, "worker", target.namespace)
        return now.status.observed_generation == now.metadata.generation

    assert await eventually(seen)
    assert (await target.cluster.get(Deployment, "worker", target.namespace)).status.updated_replicas == 0
    await target.cluster.merge_patch(ref, {"metadata": {"uid": ref.uid}, "spec": {"paused": None}})

    async def updated() -> bool:
        return (await target.cluster.get(Deployment, "worker", target.namespace)).status.updated_replicas == 1

    assert await eventually(updated)


async def test_a_job_is_made_once_and_runs_to_its_end(target: Target) -> None:
    container = {"name": "app", "image": target.image, "imagePullPolicy": "Never", "command": ["true"]}
    pod = {"restartPolicy": "Never", "containers": [container]}
    body = {"metadata": {"name": "once"}, "spec": {"backoffLimit": 0, "template": {"spec": pod}}}
    await target.cluster.create(JOB, body, namespace=target.namespace)
    with pytest.raises(Conflict, match="exists already"):
        await target.cluster.create(JOB, body, namespace=target.namespace)

    async def complete() -> bool:
        return (await target.cluster.get(Job, "once", target.namespace)).status.succeeded == 1

    assert await eventually(complete)


async def test_the_server_takes_over_the_audit_id_that_we_choose(target: Target) -> None:
    ref = await config(target)
    chosen = str(uuid4())
    request = write("patch", ref, audit_id=chosen)
    sent = replace(request, body=b'{"data":{"a":"3"}}', content_type="application/merge-patch+json")
    assert (await target.session.send(sent)).headers["Audit-Id"] == chosen
    other = replace(sent, headers=CIMultiDict())
    assert (await target.session.send(other)).headers["Audit-Id"] != chosen


async def test_what_a_person_may_in_a_namespace_is_listed(target: Target) -> None:
    subject = Subject("maya@example.com", ("sre", "night"))
    rule = {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "patch"]}
    await target.cluster.create(ROLE, {"metadata": {"name": "look"}, "rules": [rule]}, namespace=target.namespace)
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "look"}
    group = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "night"}
    binding = {"metadata": {"name": "look"}, "roleRef": reference, "subjects": [group]}
    await target.cluster.create(ROLE_BINDING, binding, namespace=target.namespace)

    async def listed() -> bool:
        found = (await rules(target.session, target.namespace, subject)).resource_rules or ()
        return any(set(one.resources) == {"deployments"} and set(one.verbs) == {"get", "patch"} for one in found)

    assert await eventually(listed)
