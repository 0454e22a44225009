"""Real Jobs on a real cluster, driven by the real engine: every byte, owner and mode of a restore is compared."""

import asyncio
import os
import shutil
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.ceph.storage import open_storage
from bot.clock import SystemClock
from bot.commands import COMMANDS
from bot.engine.approval import Approvals
from bot.engine.execution import Executor
from bot.engine.following import Follower, Pace
from bot.engine.notices import Notices
from bot.errors import Denied
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.logs import KubernetesLogs
from bot.k8s.session import connect
from bot.model.backup import BackupPlaces
from bot.model.incoming import Command, Origin
from bot.model.operation import OPEN, Operation, State
from bot.model.plan import Mark, Plan
from bot.ports import Backends
from bot.render.cards import operation_card, operation_dm
from bot.render.story import operation_line
from bot.spec import Change
from bot.store import PostgresLedger
from playground.storage.node import PracticeStorage
from tests.ceph.conftest import address
from tests.commands.asking import change, context, parsed
from tests.engine import sample
from tests.engine.desk import Authority
from tests.fakes.cluster import FakeCluster
from tests.kubelab import import_images

pytestmark = pytest.mark.kubelab

NAMESPACE = f"backups-{uuid.uuid4().hex[:6]}"
IMAGE = "registry.test/busybox:1"
PATIENCE_S = 90
"""A pod on a busy two-core machine takes a few seconds to start, and a restore needs three in turn."""
CHANGES = {command.name: command for command in COMMANDS if isinstance(command, Change)}
NOTICES = Notices(card=operation_card, line=operation_line, dm=operation_dm)

Kubectl = Callable[..., str]
Tree = dict[str, tuple[int, int, int, bytes]]


@pytest.fixture(scope="module")
def namespace(kubelab: Path, kubectl: Kubectl) -> Iterator[Path]:
    """A namespace whose pods may mount folders of the node; gone when this file is done."""
    import_images(IMAGE)
    kubectl("create", "namespace", NAMESPACE)
    yield kubelab
    kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@dataclass
class Lab:
    """The cluster, folders that its Jobs mount, and the engine."""

    backends: Backends
    storage: PracticeStorage
    ledger: PostgresLedger
    kubectl: Kubectl
    instance: str

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
        follower = Follower(self.ledger, CHANGES, here, NOTICES, SystemClock(), pace=Pace(0.2, 0.5))
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


@pytest.fixture
async def lab(namespace: Path, kubectl: Kubectl, ledger: PostgresLedger, tmp_path: Path) -> AsyncIterator[Lab]:
    """An instance of this test's own, with odd files in it."""
    session = await connect(str(namespace))
    instance = f"t{uuid.uuid4().hex[:6]}"
    async with PracticeStorage(tmp_path) as storage, open_storage([address(storage)]) as reached:
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


def backup_of(plan: Operation) -> str:
    return str(plan.plan.steps[0].desired["environment"]["ID"])


async def test_every_byte_owner_and_mode_comes_back_after_damage(lab: Lab) -> None:
    lab.deploy()
    before = tree(lab.live)
    made = await lab.run(f"backup create {lab.instance}")
    assert made.state is State.SUCCEEDED, made.outcome
    [backup] = await lab.backends.reading.storage.backups()  # type: ignore[union-attr]  # it is there
    assert made.outcome.endswith(f"sha256 {backup.sha256[:12]}…")
    assert tree(lab.live) == before
    shutil.rmtree(lab.live / "filestore" / "deep")
    (lab.live / "secret").write_text("changed")
    (lab.live / "new").write_text("made after the backup")
    damaged = tree(lab.live)
    restored = await lab.run(f"backup restore {backup.id}")
    assert restored.state is State.SUCCEEDED, restored.outcome
    assert tree(lab.live) == before
    [kept] = lab.live.parent.glob(f"{lab.live.name}.replaced-*")
    assert tree(kept) == damaged
    assert lab.ready() == "1/1"
    assert (await lab.backends.reading.storage.usage(lab.instance)).quota_bytes == 10 * 2**30  # type: ignore[union-attr]


async def test_the_pod_that_runs_afterwards_sees_the_restored_data(lab: Lab) -> None:
    lab.deploy()
    made = await lab.run(f"backup create {lab.instance}")
    (lab.live / "secret").unlink()
    restored = await lab.run(f"backup restore {backup_of(made)}")
    assert restored.state is State.SUCCEEDED, restored.outcome
    assert lab.kubectl("exec", f"deployment/odoo-{lab.instance}", "-n", NAMESPACE, "--", "cat", "/data/secret") == "key"


async def test_a_damaged_archive_is_refused_the_data_stays_and_the_instance_is_started_again(lab: Lab) -> None:
    lab.deploy()
    made = await lab.run(f"backup create {lab.instance}")
    archive = lab.backups / lab.instance / f"{backup_of(made)}.tar.gz"
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    before = tree(lab.live)
    ended = await lab.run(f"backup restore {backup_of(made)}")
    assert ended.state is State.FAILED
    assert "The checksum of" in ended.outcome
    assert ended.outcome.endswith(
        f"The data of {lab.instance} is as it was. deployment/odoo-{lab.instance} was put back."
    )
    assert tree(lab.live) == before
    assert [path.name for path in lab.live.parent.iterdir()] == [lab.live.name]
    name = f"deployment/odoo-{lab.instance}"
    lab.kubectl("rollout", "status", name, "-n", NAMESPACE, f"--timeout={PATIENCE_S}s")
    assert lab.ready() == "1/1"


@contextmanager
def small_volume(folder: Path, megabytes: int) -> Iterator[None]:
    """Let *folder* lie on a volume of its own that is soon full."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def full_backups(lab: Lab) -> Iterator[None]:
    """Backups lie on a volume of 1 MiB, a third of what is needed."""
    with small_volume(lab.backups, 1):
        yield


@pytest.mark.usefixtures("full_backups")
async def test_a_full_volume_is_told_and_nothing_half_done_stays(lab: Lab) -> None:
    before = tree(lab.live)
    ended = await lab.run(f"backup create {lab.instance}")
    assert ended.state is State.DEGRADED
    assert "No space left on device" in ended.outcome
    assert ended.outcome.endswith(f"No backup of {lab.instance} was made; earlier ones are as they were.")
    assert not [path for path in lab.backups.rglob("*") if path.is_file()]
    assert tree(lab.live) == before


async def test_data_that_does_not_fit_leaves_the_live_folder_as_it_was(lab: Lab) -> None:
    made = await lab.run(f"backup create {lab.instance}")
    root = lab.live.parent
    with small_volume(root, 4):
        lab.live.mkdir()
        furnish(lab.live)
        before = tree(lab.live)
        ended = await lab.run(f"backup restore {backup_of(made)}")
        assert ended.state is State.FAILED
        assert "No space left on device" in ended.outcome
        assert tree(lab.live) == before
        assert [path.name for path in root.iterdir()] == [lab.live.name]


async def test_a_second_job_of_the_same_operation_does_nothing_again(lab: Lab) -> None:
    """As after a crash past the time for which a finished Job is kept."""
    plan = await lab.propose(f"backup create {lab.instance}")
    command, step = change(plan), plan.steps[0]
    mark = Mark(str(uuid.uuid4()), str(uuid.uuid4()), "", datetime.now(UTC))
    archive = lab.backups / lab.instance / f"{step.desired['environment']['ID']}.tar.gz"
    seen = []
    for _ in range(2):
        await command.apply(step, lab.backends, mark)
        lab.kubectl("wait", f"job/{step.desired['job']}", "-n", NAMESPACE, "--for=condition=complete", "--timeout=60s")
        seen.append(archive.stat().st_mtime_ns)
        lab.kubectl("delete", f"job/{step.desired['job']}", "-n", NAMESPACE, "--cascade=foreground")
    assert seen[0] == seen[1]


async def test_a_service_account_without_the_right_is_told_the_rule_and_its_role(
    lab: Lab, kubectl: Kubectl, tmp_path: Path
) -> None:
    kubectl("create", "serviceaccount", "bot", "-n", NAMESPACE)
    kubectl("create", "role", "bot-role", "-n", NAMESPACE, "--verb=get,list", "--resource=jobs,rolebindings")
    kubectl("create", "clusterrole", NAMESPACE, "--verb=list", "--resource=rolebindings,clusterrolebindings")
    bound = (f"--serviceaccount={NAMESPACE}:bot", "-n", NAMESPACE)
    kubectl("create", "rolebinding", "bot-binding", "--role=bot-role", *bound)
    kubectl("create", "clusterrolebinding", NAMESPACE, f"--clusterrole={NAMESPACE}", bound[0])
    config: dict[str, Any] = yaml.safe_load(lab_config(lab))
    config["users"][0]["user"] = {"token": kubectl("create", "token", "bot", "-n", NAMESPACE).strip()}
    (tmp_path / "bot.kubeconfig").write_text(yaml.safe_dump(config))
    session = await connect(str(tmp_path / "bot.kubeconfig"))
    try:
        plan = await lab.propose(f"backup create {lab.instance}")
        mark = Mark(str(uuid.uuid4()), str(uuid.uuid4()), "", datetime.now(UTC))
        on = replace(lab.backends, cluster=KubernetesCluster(session))
        with pytest.raises(Denied) as refusal:
            await change(plan).apply(plan.steps[0], on, mark)
    finally:
        await session.close()
        kubectl("delete", "clusterrolebinding,clusterrole", NAMESPACE)
    assert 'resources ["jobs"], verbs ["create"]' in str(refusal.value)
    assert str(refusal.value).endswith(
        f"Role bot-role -n {NAMESPACE} and ClusterRole {NAMESPACE} of ServiceAccount bot -n {NAMESPACE} lack it."
    )


def lab_config(lab: Lab) -> str:
    """The administrator's kubeconfig, certificates inside."""
    return lab.kubectl("config", "view", "--raw", "--flatten")
