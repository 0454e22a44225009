"""A reflector on a real API server that goes away and comes back, and that has forgotten what we know."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.k8s.reflector import Pace, Reflector
from bot.k8s.session import connect
from bot.model.kube.configuration import ConfigMap
from bot.model.refs import ObjectRef
from tests.k8s.configs import Configs, put, until_equal
from tests.kubelab import FOLDER, SCRIPT

pytestmark = [
    pytest.mark.kubelab,
    # Seen now and then: a socket whose peer was killed in mid-handshake is left to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NAMESPACE = "default"
IMPATIENT = Pace(first=0.1, longest=0.5)


class ControlPlane:
    """A control plane of the test's own, whose processes can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        port = random.randrange(20_000, 30_000, 10)  # below those that the system gives to clients
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
async def reflecting(
    control_plane: ControlPlane, *, version: str = ""
) -> AsyncIterator[tuple[KubernetesCluster, Configs, Reflector[ConfigMap]]]:
    session = await connect(str(control_plane.folder / "admin.kubeconfig"))
    configs = Configs()
    reflector = Reflector(session, ConfigMap, configs, namespace=NAMESPACE, pace=IMPATIENT)
    reflector._known.version = version
    running = asyncio.ensure_future(reflector.run())
    try:
        yield KubernetesCluster(session), configs, reflector
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await session.close()


async def until_back(control_plane: ControlPlane, cluster: KubernetesCluster) -> None:
    async with asyncio.timeout(90):
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
