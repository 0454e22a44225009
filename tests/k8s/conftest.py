"""Fixtures for the Kubernetes adapter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.k8s.session import Session, connect
from tests.k8s.scripted_server import ScriptedServer, scripted_server


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with scripted_server() as server:
        yield server


@pytest.fixture
async def session(server: ScriptedServer, tmp_path: Path) -> AsyncIterator[Session]:
    session = await connect(server.kubeconfig(tmp_path))
    yield session
    await session.close()


@pytest.fixture
def cluster(session: Session) -> KubernetesCluster:
    return KubernetesCluster(session)
