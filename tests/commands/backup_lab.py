"""A real cluster whose Jobs mount folders of the test's own, the real engine on it, and odd files to lose."""

import asyncio
import os
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import yaml

from bot.ceph.storage import open_storage
from bot.clock import SystemClock
from bot.commands import COMMANDS
from bot.engine.approval import Approvals
from bot.engine.execution import Executor
from bot.engine.following import Follower, Pace
from bot.engine.notices import Notices
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.logs import KubernetesLogs
from bot.k8s.session import connect
from bot.model.backup import BackupPlaces
from bot.model.incoming import Command, Origin
from bot.model.operation import OPEN, Operation
from bot.model.plan import Plan
from bot.ports import Backends, Clock
from bot.render.cards import operation_card, operation_dm
from bot.render.story import operation_line
from bot.spec import Change
from bot.store import PostgresLedger
from playground.storage.node import PracticeStorage
from tests.ceph.conftest import address
from tests.commands.asking import context, parsed
from tests.engine import sample
from tests.engine.desk import Authority
from tests.fakes.cluster import FakeCluster

NAMESPACE = f"backups-{uuid.uuid4().hex[:6]}"
IMAGE = "registry.test/busybox:1"
PATIENCE_S = 300
"""A pod takes a few seconds to start, on a busy machine a minute, and a restore needs three in turn."""
CHANGES = {command.name: command for command in COMMANDS if isinstance(command, Change)}
NOTICES = Notices(card=operation_card, line=operation_line, dm=operation_dm)

Kubectl = Callable[..., str]
Tree = dict[str, tuple[int, int, int, bytes]]


@dataclass
class Lab:
    """The cluster, folders that its Jobs mount, and the engine."""

    backends: Backends
    storage: PracticeStorage
    ledger: PostgresLedger
    kubectl: Kubectl
    instance: str
    clock: Clock = field(default_factory=SystemClock)

    @property
    def live(self) -> Path:
        return self.storage.folders.folder_of(self.instance)

    @property
    def backups(self) -> Path:
        return self.storage.folders.backups

    async def propose(self, line: str) -> Plan:
        understood = parsed(line)
        assert isinstance(understood.command, Change)
        asked = replace(context(FakeCluster()), on=self.backends.reading, now=datetime.now(UTC), namespace=NAMESPACE)
        return await understood.command.plan(understood.args, asked)

    async def run(self, line: str) -> Operation:
        """Ask, with nobody's approval needed, and let the engine bring it to its end."""
        plan = await self.propose(line)
        key = uuid.uuid4().hex
        await self.ledger.accept(Command(Origin(key, "T1", "UMAYA", "C1", datetime.now(UTC)), plan.line))
        proposal = sample.proposal(plan, key=key, requirements=sample.NOBODY)
        operation = await Approvals(self.ledger, Authority(), NOTICES).propose(proposal)
        return await self._ended(operation)

    async def _ended(self, operation: Operation) -> Operation:
        here = {"main": self.backends}
        executor = Executor(self.ledger, CHANGES, here, Authority(), NOTICES)
        follower = Follower(self.ledger, CHANGES, here, NOTICES, self.clock, pace=Pace(0.2, 0.5))
        async with asyncio.TaskGroup() as group:
            loops = [group.create_task(loop.run()) for loop in (executor, follower)]
            until = time.monotonic() + PATIENCE_S
            while (now := await self.ledger.operation(operation.id)).state in OPEN and time.monotonic() < until:
                await self.ledger.wait_operation(1)
            for loop in loops:
                loop.cancel()
        return now

    def deploy(self) -> None:
        """Something runs the instance, with its folder mounted."""
        labels = {"instance": self.instance}
        container = {"name": "odoo", "image": IMAGE, "volumeMounts": [{"name": "data", "mountPath": "/data"}]}
        volumes = [{"name": "data", "hostPath": {"path": str(self.live), "type": "Directory"}}]
        spec = {"terminationGracePeriodSeconds": 1, "containers": [container], "volumes": volumes}
        made = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": f"odoo-{self.instance}", "namespace": NAMESPACE},
            "spec": {
                "selector": {"matchLabels": labels},
                "strategy": {"type": "Recreate"},
                "template": {"metadata": {"labels": labels}, "spec": spec},
            },
        }
        self.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(made))
        name = f"deployment/odoo-{self.instance}"
        self.kubectl("rollout", "status", name, "-n", NAMESPACE, f"--timeout={PATIENCE_S}s")

    def ready(self) -> str:
        name = f"deployment/odoo-{self.instance}"
        return self.kubectl("get", name, "-n", NAMESPACE, "-o", "jsonpath={.spec.replicas}/{.status.readyReplicas}")


@asynccontextmanager
async def opened_lab(kubeconfig: Path, kubectl: Kubectl, ledger: PostgresLedger, folder: Path) -> AsyncIterator[Lab]:
    """An instance with odd files in it, in *folder*, and a cluster whose pods may mount that."""
    session = await connect(str(kubeconfig))
    instance = f"t{uuid.uuid4().hex[:6]}"
    async with PracticeStorage(folder) as storage, open_storage([address(storage)], namespace=NAMESPACE) as reached:
        folders = storage.folders
        folders.backups.mkdir()
        folders.add(instance, quota_bytes=10 * 2**30, used_bytes=0)
        furnish(folders.folder_of(instance))
        places = BackupPlaces(instances=str(folders.root), backups=str(folders.backups), image=IMAGE)
        cluster = KubernetesCluster(session)
        backends = Backends(cluster=cluster, storage=reached, logs=KubernetesLogs(session), places=places)
        yield Lab(backends, storage, ledger, kubectl, instance)
    await session.close()


def furnish(folder: Path) -> None:
    """Files as they come: large, empty, oddly named, executable, of others, linked."""
    (folder / "filestore" / "deep" / "er").mkdir(parents=True)
    (folder / "empty folder").mkdir()
    (folder / "filestore" / "large").write_bytes(os.urandom(3_000_000))
    (folder / "filestore" / "empty").touch()
    (folder / "filestore" / "-rf $(id); ü\n'\"").write_text("odd")
    (folder / "filestore" / "deep" / "er" / "run.sh").write_text("#!/bin/sh\n")
    (folder / "filestore" / "deep" / "er" / "run.sh").chmod(0o750)
    (folder / "secret").write_text("key")
    (folder / "secret").chmod(0o600)
    (folder / "link").symlink_to("filestore/large")
    (folder / "twin").hardlink_to(folder / "filestore" / "large")
    os.chown(folder / "secret", 33, 101)
    os.chown(folder / "filestore", 101, 101)
    folder.chmod(0o710)
    os.chown(folder, 101, 33)


def tree(folder: Path) -> Tree:
    """Everything of a folder: mode, owner, group, and bytes or target."""
    found: Tree = {}
    for path in [folder, *folder.rglob("*")]:
        status = path.lstat()
        content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_uid, status.st_gid, content)
    return found


@contextmanager
def small_volume(folder: Path, megabytes: int) -> Iterator[None]:
    """Let *folder* lie on a volume of its own that is soon full."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
