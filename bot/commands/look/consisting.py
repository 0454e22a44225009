"""What `describe` reads of an object's parts: pods and revisions of a workload, endpoints, users of a claim."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.commands.look import listing
from bot.commands.look.columns import pods
from bot.commands.look.columns.column import NONE
from bot.commands.look.related import ports_of, users_of
from bot.commands.workloads.allocated import allocated
from bot.commands.workloads.pods import pods_of, replica_sets_of
from bot.model.kube.nodes import Node
from bot.model.kube.pods import Pod
from bot.model.kube.services import Service
from bot.model.kube.storage import PersistentVolumeClaim
from bot.model.kube.workloads import DaemonSet, Deployment, ReplicaSet, StatefulSet
from bot.model.plan import Fact
from bot.model.reply import Facts, Part, Table, Text
from bot.model.rollout import revision_number
from bot.ports import ClusterReader

WITH_PODS = (Deployment, ReplicaSet, StatefulSet, DaemonSet, Node, PersistentVolumeClaim)
"""Kinds of which pods are read."""


async def consists_of(cluster: ClusterReader, item: Any, now: datetime) -> list[Part]:
    """The pods of a workload or node; a deployment's revisions; a service's endpoints; a claim's users."""
    match item:
        case Deployment():
            return [*await _revisions(cluster, item), *_pods_table(await pods_of(cluster, item), now)]
        case ReplicaSet() | StatefulSet() | DaemonSet():
            found = await pods_of(cluster, item)
            return [Facts((Fact("Pods status", phases(found)),)), *_pods_table(found, now)]
        case Node():
            here = list(await cluster.list(Pod, fields=f"spec.nodeName={item.metadata.name}"))
            return [allocated(item, here), *_pods_table(here, now)]
        case Service():
            return await ports_of(cluster, item)
        case PersistentVolumeClaim():
            return await users_of(cluster, item)
        case _:
            return []


def phases(found: Sequence[Pod]) -> str:
    """How many pods are how far, as kubectl counts them."""
    seen = Counter(pod.status.phase for pod in found)
    return (
        f"{seen['Running']} Running / {seen['Pending']} Waiting / "
        f"{seen['Succeeded']} Succeeded / {seen['Failed']} Failed"
    )


async def _revisions(cluster: ClusterReader, deployment: Deployment) -> list[Part]:
    """The ReplicaSet of the template as it is now, and those before it."""
    found = await replica_sets_of(cluster, deployment)
    newest = max(found, key=lambda one: revision_number(one.metadata.annotations), default=None)
    old = sorted((one for one in found if one is not newest), key=_by_creation)
    told = Fact("New replica set", _created([newest] if newest else [])), Fact("Old replica sets", _created(old))
    return [Facts(told)]


def _by_creation(revision: ReplicaSet) -> tuple[str, str]:
    """kubectl's order: the oldest first, of the same second by name."""
    return str(revision.metadata.creation_timestamp), revision.metadata.name


def _created(found: Sequence[ReplicaSet]) -> str:
    return (
        ", ".join(f"{one.metadata.name} ({one.status.replicas}/{one.spec.replicas} replicas created)" for one in found)
        or NONE
    )


def _pods_table(found: list[Pod], now: datetime) -> list[Part]:
    columns = pods.VIEW.shown(wide=False)
    rows = tuple(
        tuple(column.cell(pod, now) for column in columns) for pod in listing.unhealthy_first(pods.VIEW, found)
    )
    titles = ("POD", *(column.title for column in columns[1:]))
    return [Table(titles, rows)] if rows else [Text("It has no pods.")]
