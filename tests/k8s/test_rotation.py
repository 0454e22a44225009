"""A live watch while certificates rotate: the client's, the CA's, in front of the practice cluster and a real one."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml

from bot.errors import Unreachable
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.reflector import Pace, Reflector
from bot.k8s.session import Session, connect
from bot.model.kube.configuration import ConfigMap
from bot.model.refs import ObjectRef
from bot.model.resources import NAMESPACE
from playground.cluster.cluster import PracticeCluster
from tests.k8s.authority import Authority
from tests.k8s.configs import Configs, put, until_equal
from tests.k8s.gate import Gate, gate_to, written
from tests.k8s.wire import wire_to

HERE = "rotates"
IMPATIENT = Pace(first=0.05, longest=0.2)
SERVERS, OTHER_SERVERS, CLIENTS = (Authority.new(name) for name in ("servers", "other servers", "clients"))


class Stand:
    """A practice cluster behind a gate, and a session through that whose certificates are files."""

    def __init__(self, practice: PracticeCluster, gate: Gate, folder: Path) -> None:
        self.gate = gate
        self.folder = folder
        self.authority = folder / "ca.crt"
        self.config = folder / "config"
        config = yaml.safe_load(practice.kubeconfig())
        self.config.write_text(
            through(config, gate.port, self.authority, certificate=folder / "client.crt", key=folder / "client.key")
        )


def through(config: dict[str, list[dict[str, dict[str, object]]]], port: int, ca: Path, **client: Path) -> str:
    """The kubeconfig that leads to that port, with the certificates in those files."""
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    cluster.pop("certificate-authority-data", None)
    cluster |= {"server": f"https://127.0.0.1:{port}", "certificate-authority": str(ca)}
    user |= {f"client-{name}": str(path) for name, path in client.items()}
    return yaml.safe_dump(config)


@pytest.fixture
async def practice() -> AsyncIterator[PracticeCluster]:
    async with PracticeCluster(world=[]) as practice:
        yield practice


@pytest.fixture
async def cluster(practice: PracticeCluster, tmp_path: Path) -> AsyncIterator[KubernetesCluster]:
    """The way past the gate."""
    path = tmp_path / "straight"
    path.write_text(practice.kubeconfig())
    session = await connect(str(path))
    cluster = KubernetesCluster(session)
    await cluster.create(NAMESPACE, {"metadata": {"name": HERE}})
    yield cluster
    await session.close()


@pytest.fixture
async def stand(practice: PracticeCluster, tmp_path: Path) -> AsyncIterator[Stand]:
    address = yaml.safe_load(practice.kubeconfig())["clusters"][0]["cluster"]["server"]
    async with gate_to(address, tmp_path) as gate:
        await gate.open(own=SERVERS.vouches_for("gate"), trusts=CLIENTS)
        written(CLIENTS.vouches_for("first"), tmp_path, "client")
        stand = Stand(practice, gate, tmp_path)
        stand.authority.write_bytes(SERVERS.pem)
        yield stand


@asynccontextmanager
async def reflecting(config: Path, namespace: str) -> AsyncIterator[tuple[Session, Configs, Reflector[ConfigMap]]]:
    session = await connect(str(config))
    configs = Configs()
    reflector = Reflector(session, ConfigMap, configs, namespace=namespace, pace=IMPATIENT)
    running = asyncio.ensure_future(reflector.run())
    try:
        yield session, configs, reflector
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await session.close()


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not look():  # noqa: ASYNC110  # a reflector tells nobody of its faults
            await asyncio.sleep(0.02)


async def test_a_watch_goes_on_by_the_clients_new_certificate(stand: Stand, cluster: KubernetesCluster) -> None:
    await put(cluster, HERE, "changed", "before")
    async with reflecting(stand.config, HERE) as (_, configs, reflector):
        await until_equal(cluster, HERE, configs)
        others = Authority.new("other clients")
        written(others.vouches_for("second"), stand.folder, "client")
        await put(cluster, HERE, "changed", "while the watch lives on by the old one")
        await until_equal(cluster, HERE, configs)
        assert set(stand.gate.came) == {"first"}
        await stand.gate.open(own=SERVERS.vouches_for("gate"), trusts=others)
        stand.gate.cut()
        await put(cluster, HERE, "added", "while it is cut")
        await until_equal(cluster, HERE, configs)
        assert stand.gate.came[-1] == "second"
        assert (configs.syncs, reflector.freshness.trouble) == (1, ""), "resumed: nothing was read anew"


async def test_a_watch_goes_on_when_the_new_authority_is_there(stand: Stand, cluster: KubernetesCluster) -> None:
    for name in ("changed", "deleted"):
        await put(cluster, HERE, name, "before")
    async with reflecting(stand.config, HERE) as (session, configs, reflector):
        await until_equal(cluster, HERE, configs)
        await stand.gate.open(own=OTHER_SERVERS.vouches_for("gate"), trusts=CLIENTS)
        stand.gate.cut()
        await put(cluster, HERE, "changed", "while nobody can be trusted")
        await cluster.delete(ObjectRef("configmap", "deleted", HERE))
        await until(lambda: reflector.freshness.reconnects["not reached"] > 0)
        with pytest.raises(Unreachable, match="shows a certificate that is not trusted"):
            await KubernetesCluster(session).list(ConfigMap, HERE)
        stand.authority.write_bytes(OTHER_SERVERS.pem)
        await until_equal(cluster, HERE, configs)
        assert (configs.syncs, reflector.freshness.trouble) == (1, ""), "resumed: nothing was read anew"


@pytest.mark.parametrize("broken", ["crt", "key"])
async def test_half_of_a_new_certificate_changes_nothing(
    broken: str, stand: Stand, cluster: KubernetesCluster, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever rotates writes two files: between them the old pair, which is in memory, goes on."""
    async with reflecting(stand.config, HERE) as (session, configs, _):
        await until_equal(cluster, HERE, configs)
        second = CLIENTS.vouches_for("second")
        halves = {"crt": second.certificate_pem, "key": second.key_pem}
        (stand.folder / f"client.{broken}").write_bytes(halves.pop(broken))
        stand.gate.cut()
        await put(cluster, HERE, "added", "between the two")
        for _ in range(2):
            assert await KubernetesCluster(session).list(ConfigMap, HERE)
        await until_equal(cluster, HERE, configs)
        assert set(stand.gate.came) == {"first"}
        assert caplog.text.count("the new certificate cannot be used yet") == 1
        [(rest, pem)] = halves.items()
        (stand.folder / f"client.{rest}").write_bytes(pem)
        stand.gate.cut()
        await put(cluster, HERE, "added", "after both")
        await until_equal(cluster, HERE, configs)
        assert (stand.gate.came[-1], configs.syncs) == ("second", 1)


@pytest.mark.kubelab
async def test_a_watch_of_a_real_server_goes_on_as_whom_the_new_certificate_names(
    kubelab: Path, kubectl: Callable[..., str], tmp_path: Path
) -> None:
    """The first name loses its right while the watch is cut, so that only the second can have resumed it."""
    admin = await connect(str(kubelab))
    cluster, namespace = KubernetesCluster(admin), f"rotates-{secrets.token_hex(4)}"
    pki = kubelab.parent / "pki"
    authority = Authority.of(pki / "ca.crt", pki / "ca.key")
    await cluster.create(NAMESPACE, {"metadata": {"name": namespace}})
    kubectl("create", "role", "reader", "--verb=get,list,watch", "--resource=configmaps", "-n", namespace)
    for name in ("first", "second"):
        kubectl("create", "rolebinding", name, "--role=reader", f"--user={namespace}:{name}", "-n", namespace)
    certificate, key = written(authority.vouches_for(f"{namespace}:first"), tmp_path, "client")
    try:
        async with wire_to(kubelab) as wire:
            config = yaml.safe_load(kubelab.read_text())
            config["users"][0]["user"] = {}
            path = tmp_path / "config"
            path.write_text(through(config, wire.port, pki / "ca.crt", certificate=certificate, key=key))
            async with reflecting(path, namespace) as (_, configs, _):
                await put(cluster, namespace, "changed", "before")
                await until_equal(cluster, namespace, configs)
                written(authority.vouches_for(f"{namespace}:second"), tmp_path, "client")
                await put(cluster, namespace, "changed", "while the watch lives on by the old one")
                await until_equal(cluster, namespace, configs)
                kubectl("delete", "rolebinding", "first", "-n", namespace)
                wire.cut()
                await put(cluster, namespace, "changed", "while it is cut")
                await until_equal(cluster, namespace, configs)
                assert configs.syncs == 1, "resumed: nothing was read anew"
    finally:
        await cluster.delete(ObjectRef("namespace", namespace))
        await admin.close()
