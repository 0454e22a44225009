"""A real process that holds the Lease is killed, and another takes over, in real time."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.lease import Election
from bot.k8s.session import connect
from playground.cluster.cluster import PracticeCluster

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
WITHIN_S = 15.0
"""What we promise of a machine that lets a process run when it wants to."""
TICK_S = 0.05


class Starved:
    """How long the loop, which serves the cluster as well, was not let run: that is the machine's doing, not ours."""

    def __init__(self) -> None:
        self.total_s = 0.0

    async def count(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            await asyncio.sleep(TICK_S)
            self.total_s += clock() - began - TICK_S


@asynccontextmanager
async def holding(kubeconfig: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.k8s.holder", str(kubeconfig)), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == b"1\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_who_is_killed_is_followed_within_fifteen_seconds(tmp_path: Path) -> None:
    kubeconfig, began, epochs = tmp_path / "kubeconfig", asyncio.Event(), list[int]()

    async def term(epoch: int) -> None:
        epochs.append(epoch)
        began.set()
        await asyncio.Event().wait()

    async with PracticeCluster() as practice:
        kubeconfig.write_text(practice.kubeconfig())
        session = await connect(str(kubeconfig))
        other = Election(
            KubernetesCluster(session), namespace="default", name="bot", identity="other", now=SystemClock().now
        )
        async with holding(kubeconfig) as holder:
            standing = asyncio.ensure_future(other.run(term))
            async with asyncio.timeout(60):
                while other.leader != "holder":  # noqa: ASYNC110  # it looks by itself
                    await asyncio.sleep(TICK_S)
            starved, clock = Starved(), asyncio.get_running_loop().time
            counting = asyncio.ensure_future(starved.count())
            holder.kill()
            killed_at = clock()
            async with asyncio.timeout(120):
                await began.wait()
            took_s = clock() - killed_at
        for task in (standing, counting):
            task.cancel()
        await asyncio.gather(standing, counting, return_exceptions=True)
        await session.close()
    assert epochs == [2]
    assert took_s - starved.total_s < WITHIN_S
