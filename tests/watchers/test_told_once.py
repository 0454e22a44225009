"""What fails already when a watch begins is told once, whoever begins it anew, and however often all is read again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.k8s.session import Session, connect
from bot.model.incident import IncidentState
from bot.model.kube.pods import Pod
from bot.model.resources import NAMESPACE
from bot.store import PostgresLedger
from playground.cluster.cluster import PracticeCluster
from playground.cluster.faults import Effect, Fault
from tests.watchers.watched import CRASHES, PATIENCE_S, Watched, term

PLACE = "watched"
LOSSES = 3
"""How often the server says that its history does not reach back."""


@dataclass(frozen=True)
class Ailing:
    """A namespace in which a deployment crashes while nobody watches."""

    practice: PracticeCluster
    session: Session
    watched: Watched


@pytest.fixture
async def ailing(tmp_path: Path, ledger: PostgresLedger) -> AsyncIterator[Ailing]:
    """Give it once its container is waited for."""
    async with PracticeCluster(speed=5) as practice:
        path = tmp_path / "kubeconfig"
        path.write_text(practice.kubeconfig())
        session = await connect(str(path))
        watched = Watched(KubernetesCluster(session), PLACE, ledger)
        await watched.cluster.create(NAMESPACE, {"metadata": {"name": PLACE}})
        await watched.deploy("crashing", CRASHES)
        await until_it_backs_off(watched.cluster)
        yield Ailing(practice, session, watched)
        await session.close()


async def until_it_backs_off(cluster: KubernetesCluster) -> None:
    """Return when a container in the namespace waits for its next start."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            pods = await cluster.list(Pod, PLACE)
            states = [status.state.waiting for pod in pods for status in pod.status.container_statuses]
            if any(waiting is not None and waiting.reason == "CrashLoopBackOff" for waiting in states):
                return
            await asyncio.sleep(0.1)


async def cards(ledger: PostgresLedger) -> int:
    """How many messages there are that are no replies."""
    found: int = await ledger.database.value("SELECT count(*) FROM outbox WHERE parent = ''")
    return found


async def test_what_fails_already_is_told_once_over_three_terms_and_heals_in_the_last(
    ailing: Ailing, ledger: PostgresLedger
) -> None:
    for epoch in (1, 2):
        async with term(ailing.session, ailing.watched, epoch=epoch):
            await ailing.watched.incident("crashing", IncidentState.OPEN)
    async with term(ailing.session, ailing.watched, epoch=3):
        await ailing.watched.mend("crashing")
        await ailing.watched.incident("crashing", IncidentState.HEALED)
    assert await cards(ledger) == 1


async def test_what_is_known_is_not_told_again_when_everything_is_read_anew(
    ailing: Ailing, ledger: PostgresLedger
) -> None:
    async with term(ailing.session, ailing.watched):
        await ailing.watched.incident("crashing", IncidentState.OPEN)
        lost = Fault(Effect.GONE_IN_STREAM, times=LOSSES, verb="watch", resource="pods")
        ailing.practice.faults.add(lost)
        await ailing.watched.deploy("second", CRASHES)
        await until_met(lost)
        await ailing.watched.incident("second", IncidentState.OPEN)
        await ailing.watched.mend("crashing")
        await ailing.watched.incident("crashing", IncidentState.HEALED)
    assert await cards(ledger) == 2


async def until_met(fault: Fault) -> None:
    """Return when it was met as often as it can be."""
    async with asyncio.timeout(PATIENCE_S):
        while fault.times:  # noqa: ASYNC110 - the practice cluster sets no event for it
            await asyncio.sleep(0.05)
