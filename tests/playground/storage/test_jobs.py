"""The practice storage's Jobs do to real folders what their scripts do on a node."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from playground.cluster.nodes.shell import Exit, Say, Step
from playground.storage.folders import Folders
from playground.storage.instances import INSTANCES, furnish
from playground.storage.jobs import jobs_of

PACK = {"INSTANCE": "acme", "ID": "acme-1", "AT": "2026-03-01T14:00:00Z", "OPERATION": "5c0e8a1e-1"}


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path / "odoo_instances")
    furnish(made)
    return made


def run(folders: Folders, work: str, environment: Mapping[str, str]) -> tuple[int, str]:
    """Let a Job's container act to its end; give its exit code and what it said."""
    steps: list[Step] = list(jobs_of(folders)[work](environment))
    said = "".join(step.text for step in steps if isinstance(step, Say))
    [code] = [step.code for step in steps if isinstance(step, Exit)]
    return code, said


def restore_of(folders: Folders, **changes: str) -> dict[str, str]:
    [(_, identity, _, sha256, _)] = folders.manifests()
    usual = {"FOLDER": "odoo_data_acme", "SOURCE": "acme", "ID": identity, "SHA256": sha256, "STAMP": "1"}
    return {**usual, "OPERATION": "5c0e8a1e-2", **changes}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_instance_is_furnished_once(folders: Folders) -> None:
    (folders.folder_of("acme") / "odoo.conf").write_text("edited")
    furnish(folders)
    assert folders.names() == sorted(INSTANCES)
    assert (folders.folder_of("acme") / "odoo.conf").read_text() == "edited"


def test_what_was_packed_comes_back_and_what_it_replaces_is_kept(folders: Folders) -> None:
    live = folders.folder_of("acme")
    before = contents(live)
    assert run(folders, "backup", PACK)[0] == 0
    (live / "odoo.conf").write_text("broken")
    assert run(folders, "restore", restore_of(folders))[0] == 0
    assert contents(live) == before
    assert (live.with_name("odoo_data_acme.replaced-1") / "odoo.conf").read_text() == "broken"
    assert folders.names() == sorted(INSTANCES)


def test_the_new_folder_has_no_quota_as_on_a_real_cephfs(folders: Folders) -> None:
    run(folders, "backup", PACK)
    run(folders, "restore", restore_of(folders))
    assert folders.info("acme")["max_bytes"] == 0


def test_a_full_file_system_leaves_nothing_half_done(folders: Folders) -> None:
    folders.is_full = True
    code, said = run(folders, "backup", PACK)
    assert (code, said.splitlines()[-1]) == (1, "gzip: write error: No space left on device")
    assert not [path for path in folders.backups.rglob("*") if path.is_file()]


def test_another_checksum_is_refused_before_anything_is_touched(folders: Folders) -> None:
    run(folders, "backup", PACK)
    before = contents(folders.root)
    code, said = run(folders, "restore", restore_of(folders, SHA256="0" * 64))
    assert code == 1
    assert "not the one that was approved" in said
    assert contents(folders.root) == before


@pytest.mark.parametrize("work", ["backup", "restore"])
def test_a_second_run_finds_what_the_first_has_done(folders: Folders, work: str) -> None:
    run(folders, "backup", PACK)
    environment = PACK if work == "backup" else restore_of(folders)
    run(folders, work, environment)
    before = contents(folders.root.parent)
    assert run(folders, work, environment)[0] == 0
    assert contents(folders.root.parent) == before
