"""A deployment starts to crash: the incident opens with its cause, is rolled back by two people, and heals."""

import pytest

from playground.demo.breaking import crash_odoo, failed_backup
from playground.demo.story import INCIDENT
from playground.page.routes import GUIDE
from playground.slack.values import Message
from tests.journeys.stand import ALERTS, JON, MAYA, OPS, Stand

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_crash_loop_is_told_with_its_cause_rolled_back_and_healed(stand: Stand) -> None:
    await crash_odoo(stand.world.cluster.kube)
    alert = await stand.eventually(lambda: next(iter(stand.messages(ALERTS).values()), None))
    await stand.shows(
        alert,
        *("🔴 deployment/odoo-acme is crash-looping", "The database refuses the password (seen in the log, exit 1)"),
        *('FATAL: password authentication failed for user "odoo_acme"', "edited by hand", "Roll back to 2"),
    )
    guide = stand.world.slack.web[GUIDE]
    guide.tick(stand.world.slack.workspace)
    assert (await stand.press(MAYA, alert, "Roll back to 2")).ok
    card = await stand.eventually(lambda: next((m for m in cards(stand) if "Roll back deployment" in m.text), None))
    guide.tick(stand.world.slack.workspace)
    await stand.approve(JON, card)
    await stand.shows(card, "✅ Rolled back deployment/odoo-acme")
    await stand.shows(alert, "🟢 deployment/odoo-acme")
    assert len([m for m in stand.messages(ALERTS).values() if "crash-looping" in m.text and not m.is_reply]) <= 1
    guide.tick(stand.world.slack.workspace)
    assert guide.told >= set(INCIDENT.steps), "the page's story ticked itself off"


async def test_a_failed_backup_says_that_the_volume_is_full(stand: Stand) -> None:
    said = await failed_backup(stand.world.cluster.kube)
    name = said.split()[0]
    alert = await stand.eventually(
        lambda: next((m for m in cards(stand) if name in m.text and "failed" in m.text), None)
    )
    await stand.shows(alert, "No space is left on a volume (seen in the log, exit 2)")


def cards(stand: Stand) -> list[Message]:
    """Messages of both channels that are no replies."""
    return [m for channel in (ALERTS, OPS) for m in stand.messages(channel).values() if not m.is_reply]
