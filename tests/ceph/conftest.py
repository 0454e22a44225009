"""Storage to test against: the practice node, and a real CephFS behind a real sshd (marker `ceph`)."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bot.ceph.link import NodeAddress
from bot.ceph.storage import NodeStorageSide, open_storage
from playground.storage.node import USER, PracticeStorage
from tests.free_ports import free_ports

ROOT = Path(__file__).parents[2]
LAB = ROOT / "lab" / "ceph"
PREFIX = "odoo_data_"
PORTS = 101
"""sshd's first, the monitor's two after it, those of the other daemons from the twelfth on."""
Fill = Callable[[str, int], None]


@dataclass(frozen=True)
class Target:
    """A storage node, its client, and a way to put bytes into an instance's folder."""

    storage: NodeStorageSide
    fill: Fill
    make: Callable[[str], None]
    backups: Path


@pytest.fixture
async def practice(tmp_path: Path) -> AsyncIterator[PracticeStorage]:
    """The practice node."""
    async with PracticeStorage(tmp_path) as node:
        yield node


def address(practice: PracticeStorage, **changes: object) -> NodeAddress:
    """How to reach the practice node, but for *changes*."""
    usual: dict[str, object] = {
        "name": "node-1",
        "host": "127.0.0.1",
        "port": practice.port,
        "user": USER,
        "key_file": practice.key_file,
        "known_hosts": practice.known_hosts,
    }
    return NodeAddress(**usual | changes)  # type: ignore[arg-type]  # the values are of the fields' types


@dataclass(frozen=True)
class CephLab:
    """A running lab: where its folders are, and how to run its script again."""

    folder: Path
    mount: Path
    ssh_port: int

    @property
    def root(self) -> Path:
        """Where the instances' folders are."""
        return self.mount / "odoo_instances"

    @property
    def backups(self) -> Path:
        """Where their backups are."""
        return self.mount / "odoo_backups"

    def run(self, verb: str) -> None:
        """Call the lab's script."""
        run_lab(self.folder, self.mount, self.ssh_port, verb)


def run_lab(folder: Path, mount: Path, ssh_port: int, verb: str) -> None:
    environment = os.environ | {
        "CEPHLAB": str(folder),
        "CEPHLAB_MNT": str(mount),
        "CEPHLAB_PORT": str(ssh_port + 1),
        "CEPHLAB_SSH_PORT": str(ssh_port),
    }
    done = subprocess.run([LAB / "cephlab.sh", verb], env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"cephlab.sh {verb} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


@pytest.fixture(scope="session")
def cephlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CephLab]:
    """A real CephFS, mounted, with sshd and the helper as its forced command."""
    base = tmp_path_factory.mktemp("ceph")
    lab = CephLab(base / "c", base / "mnt", free_ports(PORTS))
    helper = shutil.copy(ROOT / "node" / "cephq.py", base / "cephq")
    Path(helper).chmod(0o755)
    try:
        lab.run("start")
        lab.root.mkdir()
        (base / "locks").mkdir()
        prepare_key(lab, Path(helper), base / "locks")
        lab.run("sshd-start")
        yield lab
    finally:
        lab.run("stop")


def prepare_key(lab: CephLab, helper: Path, locks: Path) -> None:
    """The only key may run the helper, and nothing else: written before sshd starts."""
    ssh = lab.folder / "ssh"
    ssh.mkdir(exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ssh / "id"], check=True)
    public = (ssh / "id.pub").read_text()
    forced = f"env CEPHQ_LOCKS={locks} {helper} {lab.root} {PREFIX} {lab.backups}"
    (ssh / "authorized_keys").write_text(f'restrict,command="{forced}" {public}')


@asynccontextmanager
async def real(lab: CephLab) -> AsyncIterator[Target]:
    """The bot's storage over the lab's sshd."""
    node = NodeAddress(
        name="node-1",
        host="127.0.0.1",
        port=lab.ssh_port,
        user="root",
        key_file=lab.folder / "ssh" / "id",
        known_hosts=lab.folder / "ssh" / "known_hosts",
    )
    async with open_storage([node], namespace="saasodoo") as storage:
        fill, new = partial(write_into, lab.root), partial(make, lab.root)
        yield Target(storage, fill, new, lab.backups)


@asynccontextmanager
async def practised(node: PracticeStorage) -> AsyncIterator[Target]:
    """The bot's storage over the practice node."""
    root = node.folders.root
    async with open_storage([address(node)], namespace="saasodoo") as storage:
        yield Target(storage, partial(write_into, root), partial(make, root), node.folders.backups)


def make(root: Path, name: str) -> None:
    """An instance's empty folder."""
    (root / f"{PREFIX}{name}").mkdir(exist_ok=True)


def write_into(root: Path, name: str, size_bytes: int) -> None:
    """A file of so many bytes in an instance's folder."""
    (root / f"{PREFIX}{name}" / "data").write_bytes(b"x" * size_bytes)


@pytest.fixture(params=["practice", pytest.param("ceph", marks=pytest.mark.ceph)])
async def target(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Target]:
    """Either of the two."""
    if request.param == "ceph":
        async with real(request.getfixturevalue("cephlab")) as found:
            yield found
    else:
        async with PracticeStorage(tmp_path) as node, practised(node) as found:
            yield found
