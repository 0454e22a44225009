"""A reflector on a real API server that goes away and comes back, and that has forgotten what we know."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.k8s.reflector import Pace, Reflector
from bot.k8s.session import Session, connect
from bot.k8s.watching import Limits
from bot.model.kube.configuration import ConfigMap
from bot.model.kube.events import Event
from bot.model.refs import ObjectRef
from bot.model.resources import EVENT
from tests.free_ports import free_ports
from tests.k8s.configs import Configs, put, until_equal
from tests.kubelab import FOLDER, SCRIPT

pytestmark = pytest.mark.kubelab

NAMESPACE = "default"
IMPATIENT = Pace(first=0.1, longest=0.5)


class ControlPlane:
    """A control plane of the test's own, whose processes can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        port = free_ports(10)
        self.folder = folder
        self.environment = os.environ | {
            "PYTHON": sys.executable,
            "KUBELAB": str(folder),
            "KUBELAB_BIN": os.environ.get("KUBELAB_BIN", str(FOLDER / "bin")),
            "KUBELAB_NODE": "0",
            "KUBELAB_PORT": str(port),
            "KUBELAB_ETCD_PORT": str(port + 5),
        }
        self.restarted: list[subprocess.Popen[bytes]] = []

    def run(self, command: str) -> None:
        subprocess.run([SCRIPT, command], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def kill(self, name: str) -> list[str]:
        """End a process at once and give its command line."""
        pid = int((self.folder / "run" / f"{name}.pid").read_text())
        command = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
        os.kill(pid, signal.SIGKILL)
        while is_alive(pid):  # it holds its port until then
            time.sleep(0.01)
        return command

    def start(self, command: list[str]) -> None:
        with (self.folder / "restarted.log").open("ab") as log:
            self.restarted.append(subprocess.Popen(command, stdout=log, stderr=log))

    def tend(self) -> None:
        """Start again what has ended: an API server gives up when its etcd takes long to come back."""
        for process in [process for process in self.restarted if process.poll() is not None]:
            self.restarted.remove(process)
            self.start([str(argument) for argument in process.args])  # type: ignore[union-attr]  # a list, as started

    def stop(self) -> None:
        for process in self.restarted:
            process.kill()
            process.wait()
        self.run("stop")


@pytest.fixture
def control_plane(kubelab: Path, tmp_path: Path) -> Iterator[ControlPlane]:
    control_plane = ControlPlane(tmp_path)
    try:
        control_plane.run("start")
        yield control_plane
    finally:
        control_plane.stop()


def is_alive(pid: int) -> bool:
    """Say whether a process still holds anything: a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@asynccontextmanager
async def connected(control_plane: ControlPlane) -> AsyncIterator[Session]:
    session = await connect(str(control_plane.folder / "admin.kubeconfig"))
    try:
        yield session
    finally:
        await session.close()


@asynccontextmanager
async def reflecting(
    control_plane: ControlPlane, *, version: str = ""
) -> AsyncIterator[tuple[KubernetesCluster, Configs, Reflector[ConfigMap]]]:
    configs = Configs()
    async with connected(control_plane) as session:
        reflector = Reflector(session, ConfigMap, configs, namespace=NAMESPACE, pace=IMPATIENT)
        reflector._known.version = version
        running = asyncio.ensure_future(reflector.run())
        try:
            yield KubernetesCluster(session), configs, reflector
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


class Seen:
    """A sink that knows the names of Events, and can do something when it hears of the first."""

    def __init__(self, at_first: Callable[[], None] = lambda: None) -> None:
        self.names: dict[str, str] = {}
        self.synced = asyncio.Event()
        self._at_first = at_first

    def on_object(self, obj: Event, live: bool) -> bool:
        at_first, self._at_first = self._at_first, lambda: None
        at_first()
        self.names[obj.metadata.uid] = obj.metadata.name
        return True

    def on_deleted(self, uid: str, last: Event | None) -> None:
        self.names.pop(uid, None)

    def on_synced(self) -> None:
        self.synced.set()


def compact(control_plane: ControlPlane) -> None:
    """Have etcd forget everything but what is so now, as an API server asks it to each five minutes."""
    written = ask_etcd(control_plane, "kv/put", {"key": "YnVtcA==", "value": "YnVtcA=="})
    ask_etcd(control_plane, "kv/compaction", {"revision": written["header"]["revision"], "physical": True})


def ask_etcd(control_plane: ControlPlane, path: str, body: dict[str, object]) -> dict[str, Any]:
    url = f"http://127.0.0.1:{control_plane.environment['KUBELAB_ETCD_PORT']}/v3/{path}"
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode()), timeout=60) as answer:
        return dict(json.load(answer))


@pytest.mark.parametrize("reading", ["to resume", "page by page"])
async def test_history_that_etcd_has_compacted_is_read_anew(control_plane: ControlPlane, reading: str) -> None:
    """Of Events, since an API server has no cache of its own of these: it answers as etcd does."""
    async with connected(control_plane) as session:
        version = await some_events(KubernetesCluster(session))
        seen = Seen() if reading == "to resume" else Seen(at_first=lambda: compact(control_plane))
        reflector = Reflector(session, Event, seen, namespace=NAMESPACE, pace=IMPATIENT, limits=Limits(page=2))
        if reading == "to resume":
            compact(control_plane)
            reflector._known.version = version
        else:
            reflector._can_stream_everything = False
        running = asyncio.ensure_future(reflector.run())
        try:
            async with asyncio.timeout(120):
                await seen.synced.wait()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert reflector.freshness.reconnects["history lost"] == 1
        assert {f"event-{number}" for number in range(6)} <= set(seen.names.values())


async def some_events(cluster: KubernetesCluster) -> str:
    """Create six; give the version of the first."""
    about = {"kind": "Pod", "name": "p", "namespace": NAMESPACE}
    bodies = [{"metadata": {"name": f"event-{n}"}, "involvedObject": about, "reason": "Test"} for n in range(6)]
    made = [await cluster.create(EVENT, body, namespace=NAMESPACE) for body in bodies]
    return str(made[0]["metadata"]["resourceVersion"])


async def until_back(control_plane: ControlPlane, cluster: KubernetesCluster) -> None:
    async with asyncio.timeout(300):
        while True:
            control_plane.tend()
            try:
                await cluster.get_path("/version")
                await cluster.list(ConfigMap, NAMESPACE)
            except Exception:  # noqa: BLE001  # whatever it says while it starts
                await asyncio.sleep(0.2)
            else:
                return


@pytest.mark.parametrize("killed", [("apiserver",), ("etcd", "apiserver")], ids=["API server", "API server and etcd"])
async def test_what_changes_while_the_server_comes_back_is_told(
    control_plane: ControlPlane, killed: tuple[str, ...]
) -> None:
    async with reflecting(control_plane) as (cluster, configs, reflector):
        for number in range(20):
            await put(cluster, NAMESPACE, f"config-{number}", "before")
        await until_equal(cluster, NAMESPACE, configs)
        for command in [control_plane.kill(name) for name in killed]:
            control_plane.start(command)
        await until_back(control_plane, cluster)
        for number in range(10):
            await put(cluster, NAMESPACE, f"config-{number}", "after")
        for number in range(10, 15):
            await cluster.delete(ObjectRef("configmap", f"config-{number}", NAMESPACE))
        await until_equal(cluster, NAMESPACE, configs)
        assert reflector.freshness.reconnects.total() > 0
        assert reflector.freshness.complaint == ""


async def test_a_version_that_the_server_has_forgotten_leads_to_reading_everything_again(
    control_plane: ControlPlane,
) -> None:
    async with reflecting(control_plane) as (cluster, configs, _):
        for number in range(20):
            await put(cluster, NAMESPACE, f"config-{number}", "before")
        control_plane.start(control_plane.kill("apiserver"))  # which keeps in memory only what comes from now on
        await until_back(control_plane, cluster)
    async with reflecting(control_plane, version="1") as (cluster, configs, reflector):
        await until_equal(cluster, NAMESPACE, configs)
        assert reflector.freshness.reconnects["history lost"] == 1
        assert configs.syncs == 1
