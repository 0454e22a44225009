"""Measures what a coroutine costs, in a process of its own."""

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
TICK_S = 0.001


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    cpu_s: float
    wall_s: float
    growth_mb: float
    """Highest resident memory above that at the start."""
    resident_mb: float
    stall_ms: float
    """Longest stretch of CPU time during which nobody else got a turn; a busy machine does not count."""


def memory_mb(line: str) -> float:
    """Read VmRSS or VmHWM; nan where there is no /proc."""
    with suppress(OSError):
        for found in STATUS.read_text().splitlines():
            if found.startswith(line):
                return int(found.split()[1]) / 1024
    return float("nan")


def begin_highest_anew() -> None:
    """Reset VmHWM."""
    with suppress(OSError):
        CLEAR.write_text("5")


async def gauge(work: Coroutine[Any, Any, object]) -> Cost:
    """Run *work* and measure it."""
    begin_highest_anew()
    resident, cpu, wall = memory_mb("VmRSS"), time.process_time(), time.perf_counter()
    stalls = Stalls()
    watching = asyncio.ensure_future(stalls.watch())
    await asyncio.sleep(0)
    await work
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return Cost(cpu, wall, memory_mb("VmHWM") - resident, memory_mb("VmRSS"), stalls.longest_s * 1000)


class Stalls:
    """Watches how long the event loop works without giving others a turn."""

    longest_s = 0.0

    async def watch(self) -> None:
        """Take a turn as often as there is one, until cancelled."""
        while True:
            began = time.thread_time()
            await asyncio.sleep(TICK_S)
            self.longest_s = max(self.longest_s, time.thread_time() - began)


def in_own_process(function: Callable[..., T], *arguments: object) -> T:
    """Run *function* in a fresh process, so that no measurement warms the next."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)
