"""Fixtures for the Kubernetes adapter."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.k8s.session import Session, connect
from bot.model.refs import ObjectRef
from bot.model.resources import NAMESPACE, SERVICE_ACCOUNT
from playground.cluster.cluster import PracticeCluster
from tests.k8s.reflecting import Notes
from tests.k8s.scripted_server import ScriptedServer, scripted_server
from tests.kubelab import import_images

IMAGE = "registry.example.com/saas/adapter:1"


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


@pytest.fixture
def notes() -> Notes:
    return Notes()


@dataclass(frozen=True)
class Target:
    """A cluster that answers as Kubernetes does, and a namespace of the test's own in it."""

    cluster: KubernetesCluster
    session: Session
    namespace: str
    image: str
    """Of a container that runs until it is asked to stop."""


@pytest.fixture(params=["practice", pytest.param("kubelab", marks=pytest.mark.kubelab)])
async def target(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Target]:
    """Give the practice cluster and a real one in turn: what holds on one must hold on the other."""
    if request.param == "kubelab":
        kubeconfig: Path = request.getfixturevalue("kubelab")
        async with _namespace_of(str(kubeconfig), IMAGE) as target:
            import_images(IMAGE)
            yield target
        return
    async with PracticeCluster(speed=20) as practice:
        path = tmp_path / "practice.kubeconfig"
        path.write_text(practice.kubeconfig())
        async with _namespace_of(str(path), IMAGE) as target:
            yield target


@asynccontextmanager
async def _namespace_of(kubeconfig: str, image: str) -> AsyncIterator[Target]:
    session = await connect(kubeconfig)
    cluster = KubernetesCluster(session)
    namespace = f"adapter-{secrets.token_hex(4)}"
    await cluster.create(NAMESPACE, {"metadata": {"name": namespace}})
    async with asyncio.timeout(120):
        while not await cluster.list_objects(SERVICE_ACCOUNT, namespace):  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # a pod needs it, and its controller makes it when it comes to it
    try:
        yield Target(cluster, session, namespace, image)
    finally:
        await cluster.delete(ObjectRef("namespace", namespace))
        await session.close()
