"""Real Jobs on a real cluster, driven by the real engine: every byte, owner and mode of a restore is compared."""

import asyncio
import hashlib
import json
import shutil
import tarfile
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import structs

from bot.commands.backups.stalling import SETTLING
from bot.errors import Denied
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.session import connect
from bot.model.operation import Operation, State
from bot.model.plan import Mark
from tests.commands.asking import change
from tests.commands.backup_lab import NAMESPACE, PATIENCE_S, Kubectl, Lab, furnish, small_volume, tree
from tests.fakes.clocks import AheadClock

pytestmark = pytest.mark.kubelab


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


async def test_old_backups_are_deleted_by_a_real_job_and_the_newest_stays(lab: Lab) -> None:
    made = [await lab.run(f"backup create {lab.instance}") for _ in range(2)]
    older, newest = (backup_of(one) for one in made)
    assert older != newest
    pruned = await lab.run(f"backup prune {lab.instance} --keep 1")
    assert pruned.state is State.SUCCEEDED, pruned.outcome
    assert [one.id for one in await lab.backends.reading.storage.backups()] == [newest]  # type: ignore[union-attr]
    assert {path.name.partition(".")[0] for path in (lab.backups / lab.instance).iterdir()} == {newest}


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


async def test_an_archive_that_unpacks_well_but_is_not_the_approved_one_is_not_put_in_place(lab: Lab) -> None:
    made = await lab.run(f"backup create {lab.instance}")
    with (lab.backups / lab.instance / f"{backup_of(made)}.tar.gz").open("ab") as archive:
        archive.write(b"\0" * 512)
    before = tree(lab.live)
    ended = await lab.run(f"backup restore {backup_of(made)}")
    assert ended.state is State.FAILED
    assert "The checksum of" in ended.outcome
    assert tree(lab.live) == before
    assert [path.name for path in lab.live.parent.iterdir()] == [lab.live.name]


def hostile(archive: Path, neighbour: str) -> None:
    """Write an archive whose files want to lie elsewhere, or to be those of another instance."""
    with tarfile.open(archive, "w:gz") as tar:
        for name in ("/instances/planted", "../planted"):
            tar.addfile(tarfile.TarInfo(name))
        theirs = tarfile.TarInfo("mine")
        theirs.type, theirs.linkname = tarfile.LNKTYPE, f"/instances/{neighbour}/secret"
        tar.addfile(theirs)


async def test_an_archive_that_reaches_for_another_instance_is_not_put_in_place(lab: Lab) -> None:
    neighbour = lab.live.with_name("odoo_data_neighbour")
    neighbour.mkdir()
    (neighbour / "secret").write_text("theirs")
    identity = f"{lab.instance}-20261123-141730"
    folder = lab.backups / lab.instance
    folder.mkdir()
    archive = folder / f"{identity}.tar.gz"
    hostile(archive, neighbour.name)
    checksum = hashlib.sha256(archive.read_bytes()).hexdigest()
    told = {"bytes": archive.stat().st_size, "sha256": checksum, "at": "2026-11-23T14:17:30Z"}
    (folder / f"{identity}.json").write_text(json.dumps(told))
    before = tree(lab.live)
    ended = await lab.run(f"backup restore {identity}")
    assert ended.state is State.FAILED
    assert "holds links to files outside of it" in ended.outcome
    assert tree(lab.live) == before
    assert sorted(path.name for path in lab.live.parent.iterdir()) == sorted([lab.live.name, neighbour.name])
    assert (neighbour / "secret").stat().st_nlink == 1


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


async def test_a_folder_that_its_node_has_not_is_named_and_the_job_is_stopped(lab: Lab) -> None:
    lab.clock = AheadClock(by=SETTLING)
    nowhere = f"{lab.backups}-nowhere"
    lab.backends = replace(lab.backends, places=structs.replace(lab.backends.places, backups=nowhere))
    ended = await lab.run(f"backup create {lab.instance}")
    assert ended.state is State.DEGRADED
    assert f"has no folder {nowhere}. See whether the file system is mounted there" in ended.outcome
    assert ended.outcome.endswith("The Job was stopped. No backup was made.")
    lab.kubectl(
        "wait", "job", "-l", f"instance={lab.instance}", "-n", NAMESPACE, "--for=delete", f"--timeout={PATIENCE_S}s"
    )


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
        complete = ("--for=condition=complete", f"--timeout={PATIENCE_S}s")
        lab.kubectl("wait", f"job/{step.desired['job']}", "-n", NAMESPACE, *complete)
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
        lack = f"Role bot-role -n {NAMESPACE} and ClusterRole {NAMESPACE} of ServiceAccount bot -n {NAMESPACE} lack it."
        refused = ""
        async with asyncio.timeout(PATIENCE_S):
            while not refused.endswith(lack):  # the server's authorizer hears of new bindings some milliseconds later
                with pytest.raises(Denied) as refusal:
                    await change(plan).apply(plan.steps[0], on, mark)
                refused = str(refusal.value)
    finally:
        await session.close()
        kubectl("delete", "clusterrolebinding,clusterrole", NAMESPACE)
    assert 'resources ["jobs"], verbs ["create"]' in refused


def lab_config(lab: Lab) -> str:
    """The administrator's kubeconfig, certificates inside."""
    return lab.kubectl("config", "view", "--raw", "--flatten")
