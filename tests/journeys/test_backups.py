"""A backup and a restore as the people in the channel see them, on the practice storage's real files."""

import re
from pathlib import Path

import pytest

from tests.journeys.stand import JON, MAYA, Stand, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")

REASON = '--reason "before the upgrade"'


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def backed_up(stand: Stand, instance: str) -> str:
    """Make a backup and give its id."""
    card = await stand.ask(MAYA, f"/saas backup create {instance} {REASON}")
    await stand.approve(JON, card)
    done = await stand.shows(card, f"✅ Backed up {instance} in ", "sha256 ")
    found = re.search(rf"{instance}-\d{{8}}-\d{{6}}", seen(done))
    assert found
    return found[0]


async def test_what_was_deleted_by_mistake_comes_back(stand: Stand) -> None:
    live = stand.world.storage.folders.folder_of("acme")
    before = files(live)
    identity = await backed_up(stand, "acme")
    (live / "odoo.conf").unlink()
    card = await stand.ask(MAYA, f'/saas backup restore {identity} --reason "deleted by mistake"')
    assert "deployment/odoo-acme is stopped first, and started again with 1 pod" in seen(card)
    await stand.approve(JON, card, name="acme")
    await stand.shows(card, f"✅ Restored acme from {identity} in ", "1 of 1 ready")
    assert files(live) == before
    assert stand.world.storage.folders.quotas["acme"]
    assert (await stand.deployment("odoo-acme"))["spec"]["replicas"] == 1


async def test_a_restore_wants_the_name_typed(stand: Stand) -> None:
    identity = await backed_up(stand, "globex")
    card = await stand.ask(MAYA, f"/saas backup restore {identity} {REASON}")
    before = {message.ts for message in stand.whispers(JON)}
    await stand.approve(JON, card, name="glob")
    assert "“glob” is not globex, so it is not approved." in seen(await stand.whispered(JON, before))
    assert "Needs 1 of @sre" in seen(stand.now(card))


async def test_a_full_volume_is_told_with_what_did_not_happen(stand: Stand) -> None:
    folders = stand.world.storage.folders
    folders.is_full = True
    try:
        card = await stand.ask(MAYA, f"/saas backup create initech {REASON}")
        assert "0 B are free: packed it may not fit" in seen(card)
        await stand.approve(JON, card)
        await stand.shows(
            card, "⚠️ Backing up initech failed", "No space left on device", "No backup of initech was made"
        )
    finally:
        folders.is_full = False


async def test_a_missing_right_is_named_with_the_role_that_lacks_it(stand: Stand) -> None:
    path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/saas-bot-served"
    lacking = "ClusterRole saas-bot-served and ClusterRole saas-bot of"
    kube = stand.world.cluster.kube
    role = await kube.ask("GET", path)
    less = [rule for rule in role["rules"] if "create" not in rule["verbs"] or "jobs" not in rule["resources"]]
    await kube.ask("PUT", path, {**role, "rules": less})
    try:
        card = await stand.ask(MAYA, f"/saas backup create initech {REASON}")
        await stand.approve(JON, card)
        missing = 'Missing rule: apiGroups ["batch"], resources ["jobs"], verbs ["create"] in saasodoo.'
        await stand.shows(card, "Failed: Back up initech", missing, lacking)
    finally:
        now = await kube.ask("GET", path)
        await kube.ask("PUT", path, {**now, "rules": role["rules"]})


@pytest.mark.parametrize("instance", ["../etc", "a;b", "$(id)", "-rf"])
async def test_what_is_no_name_gets_one_sentence(stand: Stand, instance: str) -> None:
    told = await stand.told(MAYA, f"/saas backup create {instance}")
    assert instance.lstrip("-")[:2] in told


async def test_who_does_not_exist_is_near_somebody(stand: Stand) -> None:
    assert "There is no instance “acne”. Nothing was done." in await stand.told(MAYA, "/saas backup create acne")


async def test_old_backups_are_deleted_once_everybody_has_seen_which(stand: Stand) -> None:
    first, last = [await backed_up(stand, "initech") for _ in range(2)]
    card = await stand.ask(MAYA, f"/saas backup prune initech --keep 1 {REASON}")
    assert "nothing brings them back" in seen(card)
    assert (first in seen(card), f"- {last}" in seen(card)) == (True, False)
    await stand.approve(JON, card, name="initech")
    await stand.shows(card, "✅ Deleted ", "of initech", "deleted")
    kept = stand.world.storage.folders.backups / "initech"
    assert {path.name for path in kept.iterdir()} == {f"{last}.json", f"{last}.tar.gz"}
