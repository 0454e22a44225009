"""The pods of a workload, and which of them are of its newest revision."""

from collections.abc import Sequence

from bot.commands.workloads.revisions import TEMPLATE_HASH, newest_hash
from bot.model.kube.pods import Pod
from bot.model.kube.workloads import Deployment, ReplicaSet
from bot.model.rollout import Workload
from bot.ports import ClusterReader

REVISION_HASH = "controller-revision-hash"
"""Label that StatefulSet and DaemonSet pods carry."""


async def pods_of(cluster: ClusterReader, workload: Workload | ReplicaSet, *, limit: int = 0) -> list[Pod]:
    """Its pods that are not finished, by name; owned ones only, whoever else matches the selector.

    *limit*: read no more than so many that match; 0: all.
    """
    meta = workload.metadata
    owners = {meta.uid}
    if isinstance(workload, Deployment):
        owners = {one.metadata.uid for one in await replica_sets_of(cluster, workload)}
    pods = await cluster.list(Pod, meta.namespace, selector=workload.spec.selector.text, limit=limit)
    owned = [pod for pod in pods if (owner := pod.metadata.controller) is not None and owner.uid in owners]
    return sorted((pod for pod in owned if pod.status.phase != "Succeeded"), key=lambda pod: pod.metadata.name)


async def replica_sets_of(cluster: ClusterReader, deployment: Deployment) -> list[ReplicaSet]:
    """Its ReplicaSets, one per revision that is kept."""
    meta = deployment.metadata
    found = await cluster.list(ReplicaSet, meta.namespace, selector=deployment.spec.selector.text)
    return [one for one in found if (owner := one.metadata.controller) is not None and owner.uid == meta.uid]


async def newest_pods(cluster: ClusterReader, workload: Workload, pods: Sequence[Pod]) -> list[Pod]:
    """Those of *pods* that the newest revision made: what a rollout's success depends on."""
    newest = await newest_hash(cluster, workload)
    label = TEMPLATE_HASH if isinstance(workload, Deployment) else REVISION_HASH
    return [pod for pod in pods if pod.metadata.labels.get(label) == newest]
