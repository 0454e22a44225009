"""A change from asking to done, as the people in the channel see it, and as the cluster has it afterwards."""

import asyncio

import pytest

from tests.journeys.stand import GUS, JON, LENA, MAYA, VERA, Stand, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_restart_is_asked_approved_followed_and_told(stand: Stand) -> None:
    before = await stand.deployment("instance-worker")
    card = await stand.ask(MAYA, '/saas restart instance-worker --reason "stuck queue"')
    for words in (
        *("Restart deployment/instance-worker", f"@{MAYA}", "“stuck queue”", "Needs 1 of @sre"),
        *("Recreate: all 4 pods stop before new ones start", "4 of 4 ready · revision 4"),
    ):
        assert words in seen(card)
    await stand.approve(JON, card)
    done = await stand.shows(card, "✅ Restarted deployment/instance-worker in ", f"@{JON} approved", "4 of 4 ready")
    assert "Approve" not in seen(done).split()
    after = await stand.deployment("instance-worker")
    assert after["metadata"]["generation"] == before["metadata"]["generation"] + 1
    await stand.eventually(lambda: len(stand.thread(card)) == 2)
    assert [line.split()[0] for line in stand.thread(card)] == ["Approved", "Restarted"]
    await stand.eventually(lambda: any("Restarted deployment/instance-worker" in text for text in stand.direct(MAYA)))


async def test_a_command_runs_in_a_container_once_somebody_has_read_it(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas exec postgres-0 -- sh -c 'echo  password=hunter2; hostname; exit 3'")
    for words in (
        "Run sh in pod/postgres-0",
        r"sh -c $'echo\u0020\u0020password=hunter2;",
        "A shell reads what follows",
    ):
        assert words in seen(card)
    await stand.approve(JON, card)
    done = await stand.shows(card, "⚠️ Running sh in pod/postgres-0 failed", "It ended with exit code 3")
    assert "password=‹redacted value›\npostgres-0" in seen(done)
    assert "hunter2" not in seen(done)


async def test_a_program_that_the_policy_lists_runs_at_once_and_is_on_record(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas exec postgres-0 -- df -h")
    done = await stand.shows(card, "✅ Ran df in pod/postgres-0", "exit code 0", "Filesystem")
    assert "Approve" not in seen(done).split()
    assert "Run df in pod/postgres-0" in seen(await stand.ask(MAYA, "/saas operations"))
    assert "Needs 1 of @sre" in seen(await stand.ask(MAYA, "/saas exec postgres-0 -- df -i"))


async def test_who_asks_does_not_approve(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas restart billing-service")
    assert "You asked for this, so somebody else decides it." in await stand.refused(MAYA, card, "Approve")
    assert "Needs 1 of @sre" in seen(stand.now(card))


async def test_a_viewer_is_told_why_not_at_asking_and_at_approving(stand: Stand) -> None:
    told = await stand.told(VERA, "/saas scale billing-service --replicas 3")
    assert "You may not run `scale` in saasodoo. Nothing was changed." in told
    assert "no rule allows it. Ask somebody who may" in told
    card = await stand.ask(MAYA, "/saas restart user-service")
    assert "You may not decide this" in await stand.refused(VERA, card, "Approve")


async def test_a_guest_is_refused(stand: Stand) -> None:
    assert "guest" in (await stand.told(GUS, "/saas restart billing-service")).lower()


async def test_two_approvals_at_once_have_one_effect(stand: Stand) -> None:
    before = await stand.deployment("odoo-globex")
    card = await stand.ask(MAYA, "/saas restart odoo-globex")
    for person in (JON, LENA):
        assert (await stand.press(person, card, "Approve")).ok
    views = [await stand.modal(person, "Approve") for person in (JON, LENA)]
    await asyncio.gather(*(stand.submit(view.person, view) for view in views for _ in range(2)))
    await stand.shows(card, "✅ Restarted deployment/odoo-globex")
    after = await stand.deployment("odoo-globex")
    assert after["metadata"]["generation"] == before["metadata"]["generation"] + 1


async def test_a_denial_ends_it_and_names_who_and_why(stand: Stand) -> None:
    before = await stand.deployment("killbill")
    card = await stand.ask(MAYA, "/saas restart killbill")
    assert (await stand.press(JON, card, "Deny")).ok
    view = await stand.modal(JON, "Deny")
    assert (await stand.submit(JON, view, reason="not during the import")).ok
    await stand.shows(card, "🚫", f"Denied by @{JON}", "“not during the import”")
    assert (await stand.deployment("killbill"))["metadata"]["generation"] == before["metadata"]["generation"]


async def test_scaling_is_undone_by_one_click_and_another_approval(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas scale instance-service --replicas 3")
    assert "2 → 3" in seen(card)
    await stand.approve(JON, card)
    done = await stand.shows(card, "✅ Scaled deployment/instance-service", "Undo…")
    known = set(stand.messages())
    assert (await stand.press(MAYA, done, "Undo…")).ok
    back = await stand.card_after(known)
    assert "3 → 2" in seen(back)
    await stand.approve(JON, back)
    await stand.shows(back, "✅ Scaled deployment/instance-service")
    assert (await stand.deployment("instance-service"))["spec"]["replicas"] == 2


async def test_a_rollback_shows_what_comes_back_and_brings_it(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas rollback odoo-initech")
    assert "odoo:17.0-20261102 → registry.saasodoo.internal/odoo:17.0-20260915" in seen(card)
    await stand.approve(JON, card)
    await stand.shows(card, "✅ Rolled back deployment/odoo-initech")
    containers = (await stand.deployment("odoo-initech"))["spec"]["template"]["spec"]["containers"]
    assert containers[0]["image"] == "registry.saasodoo.internal/odoo:17.0-20260915"
