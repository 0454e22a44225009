"""Names that exist now, for what a declaration says it `completes`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.durations import age
from bot.model.kube.jobs import Job
from bot.model.kube.meta import KubeObject
from bot.model.kube.nodes import Namespace
from bot.model.kube.pods import Pod
from bot.model.kube.services import Service
from bot.model.kube.workloads import DaemonSet, Deployment, StatefulSet
from bot.model.pod_status import summary
from bot.model.resources import DAEMON_SET, DEPLOYMENT, JOB, POD, RESOURCES, SERVICE, STATEFUL_SET, Resource
from bot.model.sizes import shown
from bot.model.suggestion import Option
from bot.ports import ReadOnly

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "impersonate")
"""Kubernetes' own; a command of the bot may be asked about as well, and is typed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose names are wanted."""

    namespace: str
    now: datetime
    chosen: str = ""
    """What stands in the field that this one hangs on."""


Read = Callable[[ReadOnly, Asked], Awaitable[Sequence[Option]]]
"""Everything that can be chosen, in order. Raises as the backends do."""


async def _workloads(on: ReadOnly, asked: Asked) -> Sequence[Option]:
    deployments = await on.cluster.list(Deployment, asked.namespace)
    stateful = await on.cluster.list(StatefulSet, asked.namespace)
    daemons = await on.cluster.list(DaemonSet, asked.namespace)
    return plain(
        [
            *(f"deployment/{name}" for name in names_of(deployments)),
            *(f"statefulset/{name}" for name in names_of(stateful)),
            *(f"daemonset/{name}" for name in names_of(daemons)),
        ]
    )


async def _deployments(on: ReadOnly, asked: Asked) -> Sequence[Option]:
    return plain(names_of(await on.cluster.list(Deployment, asked.namespace)))


async def _pods(on: ReadOnly, asked: Asked) -> Sequence[Option]:
    pods = sorted(await on.cluster.list(Pod, asked.namespace), key=lambda pod: pod.metadata.name)
    return [_option(pod.metadata.name, summary(pod).status, _age(pod, asked.now)) for pod in pods]


async def _services(on: ReadOnly, asked: Asked) -> Sequence[Option]:
    return plain([f"service/{name}" for name in names_of(await on.cluster.list(Service, asked.namespace))])


async def _ended_jobs(on: ReadOnly, asked: Asked) -> Sequence[Option]:
    """Those that can be run again, the newest first: a platform with cron jobs has many."""
    ended = [job for job in await on.cluster.list(Job, asked.namespace) if job.completion or job.failure]
    newest = sorted(ended, key=_made, reverse=True)
    return [_option(job.metadata.name, "Failed" if job.failure else "Complete", _age(job, asked.now)) for job in newest]


def _made(job: Job) -> str:
    at = job.metadata.creation_timestamp
    return at.isoformat() if at else ""


async def _namespaces(on: ReadOnly, _asked: Asked) -> Sequence[Option]:
    return plain(names_of(await on.cluster.list(Namespace)))


async def _instances(on: ReadOnly, asked: Asked) -> Sequence[Option]:
    """None where another namespace is meant than theirs: the file system knows no namespaces."""
    storage = on.storage
    return (
        plain([one.name for one in await storage.usages()]) if storage and storage.namespace == asked.namespace else []
    )


async def _backups(on: ReadOnly, asked: Asked) -> Sequence[Option]:
    """The newest first."""
    if not on.storage or on.storage.namespace != asked.namespace:
        return []
    newest = sorted(await on.storage.backups(), key=lambda one: one.at, reverse=True)
    return [_option(one.id, one.instance, f"{age(asked.now - one.at)} old", shown(one.size_bytes)) for one in newest]


async def _kinds(_on: ReadOnly, _asked: Asked) -> Sequence[Option]:
    return plain(sorted(resource.plural for resource in RESOURCES))


async def _verbs(_on: ReadOnly, _asked: Asked) -> Sequence[Option]:
    return plain(VERBS)


def plain(names: Sequence[str]) -> list[Option]:
    """Names that speak for themselves."""
    return [Option(name, name) for name in names]


def names_of(objects: Sequence[KubeObject]) -> list[str]:
    """In the order of the alphabet."""
    return sorted(one.metadata.name for one in objects)


def _option(value: str, *about: str) -> Option:
    return Option(value, value, " · ".join(filter(None, about)))


def _age(one: KubeObject, now: datetime) -> str:
    made = one.metadata.creation_timestamp
    return age(now - made) if made else ""


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
"""By the word in a declaration; what hangs on another field stands in dependent_completions.py."""

LISTED: dict[str, tuple[Resource, ...]] = {
    "workload": (DEPLOYMENT, STATEFUL_SET, DAEMON_SET),
    "deployment": (DEPLOYMENT,),
    "pod": (POD,),
    "service": (SERVICE,),
    "job": (JOB,),
}
"""Kinds whose names are offered: only to who may list them, for a command may be used by who may do a part of it.

Where there are several, each name says its kind.
"""
