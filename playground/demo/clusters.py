"""The cluster that the demo runs on: the practice one, with the platform and the bot's own rights in it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from playground.cluster.cluster import PracticeCluster
from playground.cluster.world.loader import platform
from playground.demo.kube import Kube, reached_with_token
from playground.demo.people import BOT_ACCOUNT, BOT_NAMESPACE
from playground.demo.rights import bot_rights


@dataclass(frozen=True)
class Cluster:
    """A cluster as the demo sees it: through the eyes of its administrator."""

    kube: Kube
    practice: PracticeCluster | None
    """None: somebody's own, in which not everything can be broken."""
    told: str
    """What people are told of it: the cluster is …"""


@contextlib.asynccontextmanager
async def practice_cluster(kubeconfig: Path, *, speed: float = 1.0) -> AsyncIterator[Cluster]:
    """Run a practice cluster while the block runs, and write the bot's *kubeconfig*."""
    practice = PracticeCluster(world=[*platform(), *bot_rights()], speed=speed)
    await practice.start()
    try:
        write_private(kubeconfig, practice.kubeconfig(BOT_ACCOUNT, namespace=BOT_NAMESPACE))
        async with reached_with_token(practice.url, practice.certificate_pem, practice.admin_token) as kube:
            yield Cluster(kube, practice, told="acted out right here")
    finally:
        await practice.stop()


def write_private(path: Path, text: str) -> None:
    """Write what nobody else may read."""
    path.touch(mode=0o600)
    path.write_text(text)
