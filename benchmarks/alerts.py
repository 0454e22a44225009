"""From a pod's state to the call of chat.postMessage, through the real bot; and what a thousand pods weigh."""

import asyncio
import time
from typing import Any

from benchmarks.demo import resident_mb
from playground.demo.clusters import practice_cluster
from playground.demo.kube import Kube
from playground.demo.world import World, practice_world

PODS = "/api/v1/namespaces/saasodoo/pods"
ALERTS = 60
APART_S = 1.2
"""Slack takes one message a second in a channel: closer together, its budget would be measured."""
MANY = 1_000


async def alert_figures() -> tuple[list[float], float, float]:
    """Milliseconds from state to call, sorted; the bot's MB while it is idle, and with MANY pods more to watch."""
    async with practice_world(practice_cluster) as world:
        await world.connected()
        await asyncio.sleep(3)  # caches and sockets of the start
        idle_mb = resident_mb(world)
        taken = [await _alert(world, number) for number in range(ALERTS)]
        await _fill(world.cluster.kube)
        await asyncio.sleep(3)
        return sorted(taken), idle_mb, resident_mb(world)


async def _alert(world: World, number: int) -> float:
    """One pod of its own owner loops; milliseconds until the bot posts it."""
    name = f"bench-{number}"
    kube = world.cluster.kube
    await kube.ask("POST", PODS, _pod(name))
    await asyncio.sleep(APART_S)
    began = time.time()
    await kube.ask("PATCH", f"{PODS}/{name}/status", {"status": _looping()}, kind="application/merge-patch+json")
    while True:
        for call in reversed(world.slack.journal.calls):
            if call.method == "chat.postMessage" and name in str(call.arguments):
                return (call.at - began) * 1000
        await asyncio.sleep(0.002)


async def _fill(kube: Kube) -> None:
    for number in range(MANY):
        await kube.ask("POST", PODS, _pod(f"many-{number}"))


def _pod(name: str) -> dict[str, Any]:
    container = {"name": "web", "image": "registry.saasodoo.internal/web:1"}
    return {
        "metadata": {"name": name},
        "spec": {"nodeName": "nobody", "containers": [container]},
    }


def _looping() -> dict[str, Any]:
    ended = {"exitCode": 1, "reason": "Error", "finishedAt": "2026-01-01T00:00:00Z", "containerID": "c://1"}
    status = {
        "name": "web",
        "image": "web:1",
        "imageID": "",
        "ready": False,
        "restartCount": 3,
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}},
        "lastState": {"terminated": ended},
    }
    return {"phase": "Running", "containerStatuses": [status]}
