"""An incident as the people in the alerts channel live through it: it opens, they act from its card, it heals."""

import pytest

from playground.demo.breaking import bad_image, crash_odoo, failed_backup
from playground.slack.values import Message
from tests.journeys.stand import ALERTS, JON, MAYA, VERA, Stand, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def card(stand: Stand, *words: str) -> Message:
    """The card in the alerts channel that has all of *words*."""

    def look() -> Message | None:
        roots = (one for one in stand.messages(ALERTS).values() if not one.is_reply)
        return next((one for one in roots if all(word in seen(one) for word in words)), None)

    return await stand.eventually(look)


async def test_a_crash_is_told_rolled_back_from_its_card_by_two_people_and_heals(stand: Stand) -> None:
    await crash_odoo(stand.world.cluster.kube)
    alert = await card(stand, "🔴 deployment/odoo-acme is crash-looping")
    likely = "The database refuses the password (seen in the log, exit 1)"
    await stand.shows(alert, likely, "edited by hand", "1 of 1 pod", "Roll back to")
    before = set(stand.messages(ALERTS))
    assert (await stand.press(MAYA, alert, "Roll back to")).ok
    asked = await stand.card_after(before, ALERTS)
    assert "Roll back deployment/odoo-acme to revision" in seen(asked)
    await stand.approve(JON, asked)
    by = f"by @{MAYA}, approved by @{JON}"
    await stand.shows(alert, "🟢 deployment/odoo-acme is healthy again", "was crash-looping for", by)
    assert len([one for one in stand.messages(ALERTS).values() if "odoo-acme is" in one.text and not one.is_reply]) == 1


async def test_who_may_not_change_it_may_not_silence_it_and_who_may_is_named(stand: Stand) -> None:
    await bad_image(stand.world.cluster.kube)
    alert = await card(stand, "🔴 deployment/instance-worker cannot pull its image")
    await stand.shows(alert, "The registry has no image of this name and tag")
    before = {message.ts for message in stand.whispers(VERA, ALERTS)}
    assert (await stand.press(VERA, alert, "Acknowledge")).ok
    assert "those who may change" in seen(await stand.whispered(VERA, before, ALERTS))
    assert (await stand.press(MAYA, alert, "Acknowledge")).ok
    await stand.shows(alert, "🟠", f"@{MAYA} looks after it")
    assert (await stand.press(MAYA, alert, "Snooze")).ok
    await stand.shows(alert, "Quiet until")
    looks = f"<@{MAYA}> looks after it"
    await stand.eventually(lambda: any(line.startswith(looks) for line in stand.thread(alert)))


async def test_a_killed_bot_tells_nothing_twice_and_goes_on_watching(stand: Stand) -> None:
    await failed_backup(stand.world.cluster.kube)
    await card(stand, "🔴 job/backup-acme-", "No space is left on a volume (seen in the log, exit 2)")
    stand.world.bot.kill()
    await crash_odoo(stand.world.cluster.kube)
    await card(stand, "🔴 deployment/odoo-acme is crash-looping")
    for name in ("job/backup-acme-", "deployment/odoo-acme is"):
        assert len([one for one in stand.messages(ALERTS).values() if name in one.text and not one.is_reply]) == 1
