"""Whether a workload's controller has taken up its last change: until then its status is older than its spec.

Who plans right after somebody's change meets that moment, and a busy controller makes it long.
"""

import asyncio
from collections.abc import Sequence

from bot.commands.workloads.find import ref_of, reread
from bot.model.rollout import Workload, is_observed
from bot.ports import ClusterReader

LOOKS = 10
EVERY_S = 0.1
"""A second in all: a controller needs some tens of milliseconds, and who asks waits for no more than that."""


async def taken_up(cluster: ClusterReader, workload: Workload) -> Workload:
    """*workload* once its controller has seen it; as it is after a second where that takes longer. Raises NotFound."""
    for _ in range(LOOKS):
        if is_observed(workload):
            break
        await asyncio.sleep(EVERY_S)
        workload = await reread(cluster, ref_of(workload, cluster.name))
    return workload


async def all_taken_up(cluster: ClusterReader, workloads: Sequence[Workload]) -> list[Workload]:
    """The same for several, in the same second."""
    return await asyncio.gather(*(taken_up(cluster, one) for one in workloads))


def unseen(workload: Workload) -> list[str]:
    """A warning where the controller has not seen the last change."""
    name = f"{type(workload).__name__.lower()}/{workload.metadata.name}"
    return [] if is_observed(workload) else [f"The controller has not taken up the last change of {name} yet"]
