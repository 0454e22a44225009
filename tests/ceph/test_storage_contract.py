"""Quotas and usage, the same on the practice node and on a real CephFS behind a real sshd."""

import asyncio
import json
import shutil
import uuid

import pytest

from bot.errors import NotFound, Rejected
from tests.ceph.conftest import Target

MIB = 1024**2
GIB = 1024**3
PATIENCE_S = 240
"""CephFS counts within seconds, on a busy machine within a minute."""


@pytest.fixture
def instance(target: Target) -> str:
    """An instance of this test's own."""
    name = f"t{uuid.uuid4().hex[:8]}"
    target.make(name)
    return name


async def test_no_quota_reads_as_unlimited(target: Target, instance: str) -> None:
    usage = await target.storage.usage(instance)
    assert usage.quota_bytes == 0
    assert usage.share is None


async def test_a_quota_that_was_set_reads_back(target: Target, instance: str) -> None:
    await target.storage.set_quota(instance, 10 * GIB)
    assert (await target.storage.usage(instance)).quota_bytes == 10 * GIB


async def test_setting_it_twice_is_the_same_as_once(target: Target, instance: str) -> None:
    await target.storage.set_quota(instance, GIB)
    await target.storage.set_quota(instance, GIB)
    assert (await target.storage.usage(instance)).quota_bytes == GIB


async def test_every_instance_is_listed(target: Target, instance: str) -> None:
    assert instance in [usage.name for usage in await target.storage.usages()]


async def test_who_does_not_exist_is_not_found_and_a_near_miss_is_offered(target: Target, instance: str) -> None:
    with pytest.raises(NotFound) as refusal:
        await target.storage.usage(instance[:-1])
    assert refusal.value.suggestions == (f"quota get {instance}",)


async def test_a_quota_below_what_is_in_use_is_refused_and_changes_nothing(target: Target, instance: str) -> None:
    await target.storage.set_quota(instance, GIB)
    target.fill(instance, 3 * MIB)
    await _until_used(target, instance, 3 * MIB)
    with pytest.raises(Rejected, match="more than that"):
        await target.storage.set_quota(instance, 2 * MIB)
    assert (await target.storage.usage(instance)).quota_bytes == GIB


async def test_it_is_set_below_usage_where_that_is_wanted(target: Target, instance: str) -> None:
    target.fill(instance, 3 * MIB)
    await _until_used(target, instance, 3 * MIB)
    await target.storage.set_quota(instance, 2 * MIB, below_usage=True)
    assert ((await target.storage.usage(instance)).share or 0) > 1


async def test_where_no_backup_was_ever_made_there_is_none(target: Target) -> None:
    shutil.rmtree(target.backups, ignore_errors=True)
    assert await target.storage.backups() == []


async def test_finished_backups_are_listed_and_what_is_half_done_is_not(target: Target, instance: str) -> None:
    folder = target.backups / instance
    folder.mkdir(parents=True)
    for name, at in (("one", "2026-03-01T11:00:00Z"), ("two", "2026-03-02T11:00:00Z"), ("three", "soon")):
        (folder / f"{name}.json").write_text(json.dumps({"bytes": 4, "sha256": name, "at": at}))
        (folder / f"{name}.tar.gz").write_bytes(b"1234")
    (folder / "half.tar.gz.part").write_bytes(b"12")
    (target.backups / "readme").write_text("no folder")
    found = [backup for backup in await target.storage.backups() if backup.instance == instance]
    assert [(backup.id, backup.size_bytes, backup.sha256) for backup in found] == [("two", 4, "two"), ("one", 4, "one")]


async def test_what_a_restore_keeps_is_no_instance(target: Target, instance: str) -> None:
    target.make(f"{instance}.replaced-20260301-140000")
    names = [usage.name for usage in await target.storage.usages()]
    assert instance in names
    assert not [name for name in names if "." in name]


async def test_the_node_says_how_much_is_free(target: Target) -> None:
    (node,) = await target.storage.nodes()
    assert node.fault == ""
    assert 0 < node.available_bytes <= node.total_bytes


async def _until_used(target: Target, instance: str, size_bytes: int) -> None:
    """CephFS counts a few seconds behind what was written; each look is a question over ssh."""
    async with asyncio.timeout(PATIENCE_S):
        while (await target.storage.usage(instance)).used_bytes < size_bytes:
            pass
