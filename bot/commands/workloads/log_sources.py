"""Whose logs are meant: a pod, the pods of a workload or job, or all that a selector matches."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.commands import names
from bot.commands.namespaces import refuse_unknown
from bot.commands.workloads.find import BY_SINGULAR, KINDS, find, replicas_of
from bot.commands.workloads.pods import pods_of
from bot.errors import BadArguments, NotFound
from bot.model.kube.jobs import Job
from bot.model.kube.pods import Pod, WatchedPod
from bot.model.logs import LogSource
from bot.ports import ClusterReader, Logs

MOST_PODS = 20
"""Pods whose logs are merged: of more, nobody can follow the thread."""

LOOKED_AT = 250
"""Pods that are read to know whether they are too many: one request of 3 MB, though 5,000 match."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Who is meant at one moment."""

    pods: Sequence[Pod]
    is_settled: bool = False
    """Whether no other pod will come."""


def reader(logs: Logs | None) -> Logs:
    """What reads logs. Raises NotFound."""
    if logs is None:
        raise NotFound("Logs cannot be read here: the bot has no reader for them.")
    return logs


async def pods_meant(cluster: ClusterReader, target: str, selector: str, namespace: str) -> list[Pod]:
    """The pods of a checked `kind/name` or selector, the newest first. Raises NotFound, BadArguments."""
    pods = await _pods(cluster, target, selector, namespace)
    if not pods:
        await refuse_unknown(cluster, namespace)
        raise NotFound(
            f"No pod in {namespace} belongs to {target or selector}, so there is no log.",
            hint=f"`get pods -n {namespace}` lists those that exist.",
        )
    if len(pods) > MOST_PODS:
        number = f"{len(pods)} pods or more" if len(pods) >= LOOKED_AT else f"{len(pods)} pods"
        raise BadArguments(
            f"{target or selector} means {number}; {MOST_PODS} are the most at once. Nothing was read.",
            hint="Name one pod, or use a narrower selector.",
        )
    return sorted(pods, key=lambda pod: (-_created(pod), pod.metadata.name))


async def meant_now(cluster: ClusterReader, target: str, selector: str, namespace: str) -> Meant:
    """The pods that are meant now, perhaps none, and at most LOOKED_AT; for whoever has found some before."""
    kind, _, name = target.partition("/")
    if selector:
        pods = await cluster.list(Pod, namespace, selector=selector, limit=LOOKED_AT)
        return Meant(pods, is_settled=bool(pods))
    try:
        if kind == "pod":
            return Meant([await cluster.get(Pod, name, namespace)], is_settled=True)
        if kind == "job":
            job = await cluster.get(Job, name, namespace)
            return Meant(await _pods_of_job(cluster, job), is_settled=bool(job.completion or job.failure))
        workload = await cluster.get(KINDS[BY_SINGULAR[kind]], name, namespace)
    except NotFound:
        return Meant((), is_settled=True)
    return Meant(await pods_of(cluster, workload, limit=LOOKED_AT), is_settled=not replicas_of(workload))


async def _pods_of_job(cluster: ClusterReader, job: Job) -> Sequence[Pod]:
    selected = job.spec.selector.text or f"job-name={job.metadata.name}"
    return await cluster.list(Pod, job.metadata.namespace, selector=selected, limit=LOOKED_AT)


async def _pods(cluster: ClusterReader, target: str, selector: str, namespace: str) -> Sequence[Pod]:
    kind, _, name = target.partition("/")
    if selector:
        return await cluster.list(Pod, namespace, selector=selector, limit=LOOKED_AT)
    if kind == "pod":
        return [await _pod(cluster, name, namespace)]
    if kind == "job":
        return await _pods_of_job(cluster, await cluster.get(Job, name, namespace))
    workload = await find(cluster, target, namespace, lambda near: names.line("logs", near, namespace=namespace))
    return await pods_of(cluster, workload, limit=LOOKED_AT)


async def _pod(cluster: ClusterReader, name: str, namespace: str) -> Pod:
    try:
        return await cluster.get(Pod, name, namespace)
    except NotFound:
        await refuse_unknown(cluster, namespace)
        existing = [pod.metadata.name for pod in await cluster.list(WatchedPod, namespace)]
        near = get_close_matches(name, existing, n=3, cutoff=0.6)
        owners = [f"{kind}/{name}" for kind in BY_SINGULAR if any(pod.startswith(f"{name}-") for pod in existing)][:1]
        raise NotFound(
            f"No pod “{name}” in {namespace}. Nothing was read.",
            hint="" if near or owners else "`get pods` lists those that exist.",
            suggestions=tuple(names.line("logs", one, namespace=namespace) for one in [*owners, *near]),
        ) from None


def source_of(pod: Pod, container: str) -> LogSource:
    """The container asked for, else kubectl's default. Raises NotFound."""
    known = [one.name for one in (*pod.spec.containers, *pod.spec.init_containers)]
    wanted = container or pod.default_container
    if wanted not in known:
        raise NotFound(
            f"Pod {pod.metadata.name} has no container “{wanted}”. Nothing was read.",
            hint=f"It has {', '.join(known)}.",
        )
    return LogSource(pod.metadata.name, wanted)


async def why_ended(cluster: ClusterReader, pods: Sequence[Pod], namespace: str) -> str:
    """Why there is no more to follow of *pods*. Never raises for what cannot be asked: then it is not known."""
    now = await asyncio.gather(*(_still(cluster, pod, namespace) for pod in pods), return_exceptions=True)
    if all(isinstance(one, NotFound) for one in now):
        return "the pod is gone" if len(pods) == 1 else "its pods are gone"
    return "its container has ended" if len(pods) == 1 else "its containers have ended"


async def _still(cluster: ClusterReader, pod: Pod, namespace: str) -> None:
    """Raises NotFound when *pod* is no more, though another may have its name."""
    now = await cluster.get(Pod, pod.metadata.name, namespace)
    if now.metadata.uid != pod.metadata.uid:
        raise NotFound("another pod has its name")


def _created(pod: Pod) -> float:
    return pod.metadata.creation_timestamp.timestamp() if pod.metadata.creation_timestamp else 0.0
