"""What is measured: each function runs in a process of its own and gives plain figures."""

import asyncio
import time

from benchmarks.clients import Detector, list_typed, reflect, session, watch_typed
from benchmarks.gauge import Cost, gauge
from bot.model.kube.pods import WatchedPod


def ours_watching(server: str, events: int) -> Cost:
    """Take changes at once, as fast as they come."""

    async def run() -> Cost:
        async with session(f"{server}/0/{events}/0") as connected:
            return await gauge(reflect(connected, Detector(events)))

    return asyncio.run(run())


def typed_watching(server: str, events: int) -> Cost:
    """The same with the library's Watch."""

    async def run() -> Cost:
        return await gauge(watch_typed(f"{server}/0/{events}/0", events))

    return asyncio.run(run())


def ours_reading(server: str, pods: int, stream: bool) -> Cost:
    """Read all pods: streamed, or page by page."""

    async def run() -> Cost:
        async with session(f"{server}/300/0/0") as connected:
            await reflect(connected, Detector(300), stream=stream)  # what is made once is not growth
        async with session(f"{server}/{pods}/0/0") as connected:
            return await gauge(reflect(connected, Detector(pods), stream=stream))

    return asyncio.run(run())


def typed_reading(server: str, pods: int) -> Cost:
    """The same with the library's models."""

    async def run() -> Cost:
        await list_typed(f"{server}/300/0/0")
        return await gauge(list_typed(f"{server}/{pods}/0/0"))

    return asyncio.run(run())


def latency_ms(server: str, events: int, rate: int) -> list[float]:
    """Give for each change the time from its sending to the detector, sorted."""
    taken: list[float] = []

    def note(pod: WatchedPod) -> None:
        taken.append((time.monotonic_ns() - int(pod.metadata.annotations["bench/sent"])) / 1e6)

    async def run() -> None:
        async with session(f"{server}/0/{events}/{rate}") as connected:
            await reflect(connected, Detector(events, note=note))

    asyncio.run(run())
    return sorted(taken)
