"""A live reflector on a real API server that it is cut off from: by the network, or by losing its credentials."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.k8s.reflector import Pace, Reflector
from bot.k8s.session import connect
from bot.k8s.watching import Limits
from bot.model.kube.configuration import ConfigMap
from bot.model.refs import ObjectRef
from bot.model.resources import NAMESPACE
from tests.k8s.configs import Configs, put, there, until_equal
from tests.k8s.wire import Wire, wire_to

pytestmark = pytest.mark.kubelab

IMPATIENT = Pace(first=0.1, longest=0.5)
SOON_SILENT = Limits(silence=2)
"""Bookmarks come each minute, so that a quiet watch is cut and resumed each two seconds as well."""
Kubectl = Callable[..., str]


@pytest.fixture
async def wire(kubelab: Path) -> AsyncIterator[Wire]:
    async with wire_to(kubelab) as wire:
        yield wire


@pytest.fixture
async def cluster(kubelab: Path) -> AsyncIterator[KubernetesCluster]:
    """The administrator's way, past the wire."""
    session = await connect(str(kubelab))
    yield KubernetesCluster(session)
    await session.close()


@pytest.fixture
async def namespace(cluster: KubernetesCluster) -> AsyncIterator[str]:
    name = f"cut-off-{secrets.token_hex(4)}"
    await cluster.create(NAMESPACE, {"metadata": {"name": name}})
    yield name
    await cluster.delete(ObjectRef("namespace", name))


@asynccontextmanager
async def reflecting(
    kubeconfig: Path, namespace: str, limits: Limits
) -> AsyncIterator[tuple[Configs, Reflector[ConfigMap]]]:
    session = await connect(str(kubeconfig))
    configs = Configs()
    reflector = Reflector(session, ConfigMap, configs, namespace=namespace, pace=IMPATIENT, limits=limits)
    running = asyncio.ensure_future(reflector.run())
    try:
        yield configs, reflector
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await session.close()


async def change_everything(cluster: KubernetesCluster, namespace: str) -> None:
    """Change, delete and add, with nobody listening."""
    await put(cluster, namespace, "changed", "after")
    await cluster.delete(ObjectRef("configmap", "deleted", namespace))
    await put(cluster, namespace, "added", "after")


async def until(look: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None) -> None:
    async with asyncio.timeout(120):
        while not look():
            meanwhile()
            await asyncio.sleep(0.2)  # a real cluster has no clock to turn


@pytest.mark.parametrize(
    ("breaks", "reason"),
    [
        (Wire.stall, "silent"),
        (Wire.reset, "connection lost"),
        (Wire.cut, "connection lost"),
        (Wire.refuse, "not reached"),
    ],
    ids=["falls silent", "is reset", "is cut", "refuses"],
)
async def test_what_changes_while_the_network_fails_is_told_when_it_is_back(
    breaks: Callable[[Wire], None],
    reason: str,
    wire: Wire,
    cluster: KubernetesCluster,
    namespace: str,
    kubelab: Path,
    tmp_path: Path,
) -> None:
    for name in ("changed", "deleted", "kept"):
        await put(cluster, namespace, name, "before")
    async with reflecting(wire.kubeconfig(kubelab, tmp_path / "config"), namespace, SOON_SILENT) as (
        configs,
        reflector,
    ):
        await until_equal(cluster, namespace, configs)
        before = reflector.freshness.reconnects[reason]
        breaks(wire)
        await change_everything(cluster, namespace)
        await until(lambda: reflector.freshness.reconnects[reason] > before)
        wire.heal()
        await until_equal(cluster, namespace, configs)
        assert configs.known.keys() == {"changed", "added", "kept"}
        assert configs.syncs == 1, "history was there to resume from: nothing was read anew"


async def test_a_revoked_token_is_told_and_a_new_one_taken_up_without_a_restart(
    wire: Wire, cluster: KubernetesCluster, namespace: str, kubelab: Path, kubectl: Kubectl, tmp_path: Path
) -> None:
    """A token that is bound to a Secret is revoked by deleting that; the server remembers a token for 10 s."""
    await put(cluster, namespace, "changed", "before")
    await put(cluster, namespace, "deleted", "before")
    allow_reading(kubectl, namespace)
    kubeconfig = tmp_path / "config"
    wire.kubeconfig(kubelab, kubeconfig, token_bound_to("first", kubectl, namespace))
    async with reflecting(kubeconfig, namespace, Limits()) as (configs, reflector):
        await until_equal(cluster, namespace, configs)
        kubectl("delete", "secret", "first", "-n", namespace)
        await until(lambda: reflector.freshness.trouble == REFUSED, meanwhile=wire.reset)
        await change_everything(cluster, namespace)
        assert configs.known != await there(cluster, namespace)
        wire.kubeconfig(kubelab, kubeconfig, token_bound_to("second", kubectl, namespace))
        await until_equal(cluster, namespace, configs)
        assert reflector.freshness.reconnects[REFUSED] > 0
        assert reflector.freshness.trouble == ""


REFUSED = "the credentials are not accepted"


def allow_reading(kubectl: Kubectl, namespace: str) -> None:
    """Let a service account `reader` reflect ConfigMaps."""
    place = ("-n", namespace)
    kubectl("create", "serviceaccount", "reader", *place)
    kubectl("create", "role", "reader", "--verb=get,list,watch", "--resource=configmaps", *place)
    kubectl("create", "rolebinding", "reader", "--role=reader", f"--serviceaccount={namespace}:reader", *place)


def token_bound_to(secret: str, kubectl: Kubectl, namespace: str) -> str:
    """Make a token that lives as long as *secret*."""
    kubectl("create", "secret", "generic", secret, "-n", namespace)
    bound = ("--bound-object-kind=Secret", f"--bound-object-name={secret}")
    return kubectl("create", "token", "reader", "-n", namespace, *bound).strip()
