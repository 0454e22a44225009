"""The cluster that the contract is held against: the practice cluster always, a real one when there is one.

CONTRACT_KUBECONFIG names a real cluster to use instead of kubelab; its administrator's token or certificate is used.
"""

import asyncio
import base64
import os
import ssl
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
import yaml

from playground.cluster import PracticeCluster
from playground.cluster.world.loader import bare
from tests.contract.cluster.api import Api

SPEED = 20.0
"""How much faster than a real cluster the practice cluster acts in the contract suite."""


@dataclass(frozen=True)
class Target:
    """A cluster and its administrator."""

    name: str
    url: str
    tls: ssl.SSLContext
    headers: dict[str, str]
    kubeconfig: str
    practice: PracticeCluster | None = None


GIVEN = os.environ.get("CONTRACT_KUBECONFIG")
REAL = pytest.param("real", marks=() if GIVEN else pytest.mark.kubelab)


@pytest.fixture(params=["practice", REAL])
async def cluster_target(request: pytest.FixtureRequest) -> AsyncIterator[Target]:
    if request.param == "practice":
        async with PracticeCluster(world=bare(), speed=SPEED) as cluster:
            yield from_kubeconfig("practice", cluster.kubeconfig(), cluster)
        return
    path = GIVEN or request.getfixturevalue("kubelab")
    yield from_kubeconfig("real", Path(path).read_text())


def from_kubeconfig(name: str, text: str, practice: PracticeCluster | None = None) -> Target:
    """Read the current context of a kubeconfig."""
    config = yaml.safe_load(text)
    context = next(each["context"] for each in config["contexts"] if each["name"] == config["current-context"])
    cluster = next(each["cluster"] for each in config["clusters"] if each["name"] == context["cluster"])
    user = next(each["user"] for each in config["users"] if each["name"] == context["user"])
    tls = ssl.create_default_context(cafile=cluster.get("certificate-authority"), cadata=_pem(cluster))
    headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
    if "client-certificate-data" in user:
        with tempfile.NamedTemporaryFile() as pair:
            pair.write(b"".join(base64.b64decode(user[f"client-{part}-data"]) for part in ("certificate", "key")))
            pair.flush()
            tls.load_cert_chain(pair.name)
    return Target(name, cluster["server"], tls, headers, text, practice)


def _pem(cluster: dict[str, str]) -> str | None:
    data = cluster.get("certificate-authority-data")
    return base64.b64decode(data).decode() if data else None


@pytest.fixture
async def api(cluster_target: Target) -> AsyncIterator[Api]:
    connector = aiohttp.TCPConnector(ssl=cluster_target.tls, limit=0)
    async with aiohttp.ClientSession(connector=connector, headers=cluster_target.headers) as session:
        yield Api(session, cluster_target.url)
    await asyncio.sleep(0)  # connections that were cut are closed in the next turn of the loop


@pytest.fixture
async def namespace(api: Api) -> AsyncIterator[str]:
    """A namespace of the test's own, gone afterwards."""
    name = f"contract-{uuid4().hex[:8]}"
    made = await api.post("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    assert made.status == 201, made.body
    for made_by_controllers in ("serviceaccounts/default", "configmaps/kube-root-ca.crt"):
        await api.until(f"/api/v1/namespaces/{name}/{made_by_controllers}", lambda _: True)
    yield name
    await api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def core(namespace: str) -> str:
    """The path of the core group in the test's namespace."""
    return f"/api/v1/namespaces/{namespace}"


@pytest.fixture
def apps(namespace: str) -> str:
    return f"/apis/apps/v1/namespaces/{namespace}"


@pytest.fixture
def batch(namespace: str) -> str:
    return f"/apis/batch/v1/namespaces/{namespace}"
