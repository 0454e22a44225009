"""A process that holds the Lease `bot` in `default` until it is killed: `python -m tests.k8s.holder KUBECONFIG`."""

import asyncio
import sys

from bot.clock import SystemClock
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.lease import Election
from bot.k8s.session import connect


async def hold(kubeconfig: str) -> None:
    session = await connect(kubeconfig)
    cluster = KubernetesCluster(session)

    async def term(epoch: int) -> None:
        print(epoch, flush=True)  # the parent waits for it
        await asyncio.Event().wait()

    election = Election(cluster, namespace="default", name="bot", identity="holder", now=SystemClock().now)
    await election.run(term)


if __name__ == "__main__":
    asyncio.run(hold(sys.argv[1]))
