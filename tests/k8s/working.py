"""A deployment that works, on whichever cluster, and patience with it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from bot.model.kube.pods import Pod
from bot.model.refs import ObjectRef
from bot.model.resources import DEPLOYMENT
from tests.k8s.conftest import Target

T = TypeVar("T")


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


async def eventually(look: Callable[[], Awaitable[T]], within_s: float = 240) -> T:
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
