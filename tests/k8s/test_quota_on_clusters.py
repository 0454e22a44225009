"""A scale that a ResourceQuota stops, on both clusters: people are told at once, with the quota's name and figures."""

from datetime import UTC, datetime

from bot.commands.change.scale import COMMAND
from bot.model.plan import Phase, Progress, Step
from bot.model.refs import ObjectRef
from bot.model.resources import STATEFUL_SET, Resource
from bot.ports import ReadOnly
from tests.k8s.conftest import Target
from tests.k8s.working import deployment, eventually, running_pod, worker

QUOTAS = Resource("ResourceQuota", "resourcequotas")


async def test_a_scale_beyond_the_quota_is_told_with_the_quotas_name_and_figures(target: Target) -> None:
    limits = {"metadata": {"name": "small"}, "spec": {"hard": {"pods": "1"}}}
    await target.cluster.create(QUOTAS, limits, namespace=target.namespace)
    ref = await worker(target)
    await running_pod(target)
    await target.cluster.merge_patch(ref, {"spec": {"replicas": 2}})
    step = Step(ref, {"replicas": 1}, {"replicas": 2})

    async def stalled() -> Progress | None:
        at = await COMMAND.progress(step, ReadOnly(cluster=target.cluster), datetime.now(UTC))
        return at if at.phase is Phase.STALLED else None

    told = await eventually(stalled)
    assert told is not None
    assert told.reason.startswith("pods cannot be created: ")
    assert "exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1" in told.reason
    assert told.next_line == f"scale deployment/worker --replicas 1 -n {target.namespace}"


async def test_a_stateful_set_that_gets_no_more_pods_is_told_why_while_it_waits(target: Target) -> None:
    limits = {"metadata": {"name": "small"}, "spec": {"hard": {"pods": "1"}}}
    await target.cluster.create(QUOTAS, limits, namespace=target.namespace)
    body = {"metadata": {"name": "db"}, "spec": {**deployment(target, replicas=2)["spec"], "serviceName": "db"}}
    made = await target.cluster.create(STATEFUL_SET, body, namespace=target.namespace)
    step = Step(ObjectRef("statefulset", "db", target.namespace, uid=made["metadata"]["uid"]), {"replicas": 1}, {})

    async def told() -> bool:
        at = await COMMAND.progress(step, ReadOnly(cluster=target.cluster), datetime.now(UTC))
        says = 'pods cannot be created: pods "db-1" is forbidden: exceeded quota: small, requested: pods=1'
        return at.phase is Phase.RUNNING and says in at.line

    assert await eventually(told)
