"""Names that exist now, for what a declaration says it `completes`."""

from collections.abc import Awaitable, Callable, Sequence

from bot.model.kube.jobs import Job
from bot.model.kube.meta import KubeObject
from bot.model.kube.nodes import Namespace
from bot.model.kube.pods import Pod
from bot.model.kube.services import Service
from bot.model.kube.workloads import DaemonSet, Deployment, StatefulSet
from bot.model.resources import RESOURCES
from bot.ports import ReadOnly

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "impersonate")
"""Kubernetes' own; a command of the bot may be asked about as well, and is typed."""

Read = Callable[[ReadOnly, str], Awaitable[Sequence[str]]]
"""All names in a namespace, in order."""


async def _workloads(on: ReadOnly, namespace: str) -> Sequence[str]:
    deployments = await on.cluster.list(Deployment, namespace)
    stateful = await on.cluster.list(StatefulSet, namespace)
    daemons = await on.cluster.list(DaemonSet, namespace)
    return [
        *(f"deployment/{name}" for name in _names(deployments)),
        *(f"statefulset/{name}" for name in _names(stateful)),
        *(f"daemonset/{name}" for name in _names(daemons)),
    ]


async def _deployments(on: ReadOnly, namespace: str) -> Sequence[str]:
    return _names(await on.cluster.list(Deployment, namespace))


async def _pods(on: ReadOnly, namespace: str) -> Sequence[str]:
    return _names(await on.cluster.list(Pod, namespace))


async def _services(on: ReadOnly, namespace: str) -> Sequence[str]:
    return [f"service/{name}" for name in _names(await on.cluster.list(Service, namespace))]


async def _ended_jobs(on: ReadOnly, namespace: str) -> Sequence[str]:
    """Those that can be run again, the newest first: a platform with cron jobs has many."""
    ended = [job for job in await on.cluster.list(Job, namespace) if job.completion or job.failure]
    return [job.metadata.name for job in sorted(ended, key=_made, reverse=True)]


def _made(job: Job) -> str:
    at = job.metadata.creation_timestamp
    return at.isoformat() if at else ""


async def _namespaces(on: ReadOnly, _namespace: str) -> Sequence[str]:
    return _names(await on.cluster.list(Namespace))


async def _instances(on: ReadOnly, namespace: str) -> Sequence[str]:
    """None where another namespace is meant than theirs: the file system knows no namespaces."""
    storage = on.storage
    return [one.name for one in await storage.usages()] if storage and storage.namespace == namespace else []


async def _backups(on: ReadOnly, namespace: str) -> Sequence[str]:
    storage = on.storage
    return [one.id for one in await storage.backups()] if storage and storage.namespace == namespace else []


async def _kinds(_on: ReadOnly, _namespace: str) -> Sequence[str]:
    return sorted(resource.plural for resource in RESOURCES)


async def _verbs(_on: ReadOnly, _namespace: str) -> Sequence[str]:
    return VERBS


def _names(objects: Sequence[KubeObject]) -> list[str]:
    return sorted(one.metadata.name for one in objects)


COMPLETED: dict[str, Read] = {
    "workload": _workloads,
    "deployment": _deployments,
    "pod": _pods,
    "service": _services,
    "job": _ended_jobs,
    "namespace": _namespaces,
    "instance": _instances,
    "backup": _backups,
    "kind": _kinds,
    "verb": _verbs,
}
"""By the word in a declaration. Names and revisions hang on another field, so they are typed."""
