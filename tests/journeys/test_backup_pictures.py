"""A backup and a restore in a real browser; PICTURES=docs/images keeps what is seen on the way."""

import re

import pytest

from tests.journeys.stand import JON, MAYA, OPS, seen
from tests.journeys.test_pictures import Camera, expect
from tests.journeys.test_pictures import camera as camera  # a fixture is found by its name in here

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_a_backup_and_what_its_restore_would_replace(camera: Camera) -> None:
    stand = camera.stand
    maya = await camera.page(f"as={MAYA}&c={OPS}")
    card = await stand.ask(MAYA, '/saas backup create acme --reason "before the upgrade"')
    await stand.approve(JON, card)
    done = await stand.shows(card, "✅ Backed up acme in ", "sha256 ")
    await expect(maya.locator("#main").get_by_text("Backed up acme in")).to_be_visible()
    await camera.take(maya, "backup")
    found = re.search(r"acme-\d{8}-\d{6}", seen(done))
    assert found
    await stand.ask(MAYA, f'/saas backup restore {found[0]} --reason "deleted by mistake"')
    await expect(maya.locator("#main").get_by_text("is stopped first, and started again with 1 pod")).to_be_visible()
    await camera.take(maya, "restore")
