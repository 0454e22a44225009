"""The restart's story in a real browser, on the real bot; PICTURES=docs/images keeps what is seen on the way."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from playground.demo.breaking import bad_image, crash_odoo
from playground.demo.clusters import practice_cluster
from tests import browser as browsing
from tests.browser import chromium
from tests.journeys.stand import ALERTS, DEPLOYMENTS, JON, MAYA, OPS, VERA, Stand, open_stand

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator, Page, ViewportSize
    from playwright.async_api._generated import LocatorAssertions

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PATIENCE_MS = 120_000
WIDE: ViewportSize = {"width": 1100, "height": 600}
BESIDE: ViewportSize = {"width": 1100, "height": 530}
"""Two people in one window are more to draw: no higher than their cards."""
SHARPNESS = 1.1
"""Device pixels per CSS pixel: with WIDE, a picture that is sharp in the README and below 150 KB."""
PHONE: ViewportSize = {"width": 390, "height": 844}
SPEED, SLOW = 2.0, 0.5
"""Of the cluster: what passes must last until a busy browser has seen it."""
HEALS_MS = 300_000
"""A card turns green 15 s after the last trouble, on a busy machine later."""
DEADLINE_S = 20
"""A rollout is stalled after so long; by default it would take ten minutes."""


@dataclass(frozen=True)
class Camera:
    """A browser at the practice page."""

    stand: Stand
    browser: Browser
    folder: Path

    async def page(self, query: str, *, size: ViewportSize = WIDE, dark: bool = False) -> Page:
        """Open the page as somebody."""
        context = await self.browser.new_context(
            viewport=size, color_scheme="dark" if dark else "light", device_scale_factor=SHARPNESS
        )
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.goto(f"{self.stand.world.slack.page_url}?{query}")
        return page

    async def take(self, page: Page, name: str) -> None:
        """Keep what is seen now."""
        await page.screenshot(path=self.folder / f"{name}.png")


@pytest_asyncio.fixture(loop_scope="module")
async def camera(tmp_path: Path) -> AsyncIterator[Camera]:
    """Give a browser at a world of its own, in which time is real."""
    folder = Path(os.environ.get("PICTURES", tmp_path))
    async with open_stand(partial(practice_cluster, speed=SPEED)) as stand, chromium() as browser:
        yield Camera(stand, browser, folder)


def expect(locator: Locator) -> LocatorAssertions:
    """What is asserted of *locator* may take as long as a rollout."""
    return browsing.expect(locator, patience_ms=PATIENCE_MS)


async def say(page: Page, text: str) -> None:
    await page.fill("#foot textarea", text)
    await page.press("#foot textarea", "Enter")


async def test_a_restart_seen_by_those_who_take_part_in_it(camera: Camera) -> None:
    maya = await camera.page(f"as={MAYA}&c={OPS}")
    await say(maya, '/saas restart instance-worker --reason "stuck queue"')
    await expect(maya.get_by_role("button", name="Approve")).to_be_visible()
    await camera.take(maya, "waiting")
    both = await camera.page(f"as={MAYA}&c={OPS}&with={JON}", size=BESIDE)
    theirs = both.frame_locator("iframe").last
    await theirs.get_by_role("button", name="Approve").click()
    await expect(theirs.locator("#modal").get_by_text("Recreate: all 4 pods stop")).to_be_visible()
    await camera.take(both, "side-by-side")
    await theirs.locator("#modal").get_by_role("button", name="Close").last.click()

    vera = await camera.page(f"as={VERA}&c={OPS}")
    await say(vera, "/saas scale instance-worker --replicas 8")
    await expect(vera.locator("#main").get_by_text("Only visible to you")).to_be_visible()
    await camera.take(vera, "refusal")

    jon = await camera.page(f"as={JON}&c={OPS}", dark=True)
    await jon.get_by_role("button", name="Approve").click()
    modal = jon.locator("#modal")
    await expect(modal.get_by_text("Recreate: all 4 pods stop")).to_be_visible()
    await camera.take(jon, "modal-dark")
    practice = camera.stand.world.cluster.practice
    assert practice is not None
    practice.speed = SLOW
    await modal.get_by_role("button", name="Approve").click()
    await expect(maya.locator("#main").get_by_text("of 4 ready · waiting")).to_be_visible()
    await camera.take(maya, "running")
    practice.speed = SPEED
    await expect(maya.locator("#main").get_by_text("Restarted deployment/instance-worker in")).to_be_visible()
    await expect(maya.locator("#main").get_by_text("Undo")).to_have_count(0)
    await camera.take(maya, "done")

    phone = await camera.page(f"as={MAYA}&c={OPS}", size=PHONE)
    await expect(phone.locator("#main").get_by_text("Restarted deployment/instance-worker in")).to_be_visible()
    await camera.take(phone, "phone")


async def test_a_rollout_to_an_image_that_nobody_pushed_stalls_and_is_rolled_back(camera: Camera) -> None:
    stand = camera.stand
    worker = f"{DEPLOYMENTS}/instance-worker"
    await stand.world.cluster.kube.patch(worker, {"spec": {"progressDeadlineSeconds": DEADLINE_S}})
    await bad_image(stand.world.cluster.kube)
    card = await stand.ask(MAYA, "/saas restart instance-worker")
    await stand.approve(JON, card)
    maya = await camera.page(f"as={MAYA}&c={OPS}")
    await expect(maya.locator("#main").get_by_text("stalled at")).to_be_visible()
    await expect(maya.get_by_role("button", name="Roll back")).to_be_visible()
    await camera.take(maya, "stalled")
    await maya.get_by_role("button", name="Roll back").click()
    await expect(maya.get_by_role("button", name="Approve")).to_be_visible()
    await camera.take(maya, "rollback")


async def test_an_incident_from_its_cause_to_its_end_and_in_the_week(camera: Camera) -> None:
    await crash_odoo(camera.stand.world.cluster.kube)
    maya = await camera.page(f"as={MAYA}&c={ALERTS}")
    await expect(maya.locator("#main").get_by_text("is crash-looping")).to_be_visible()
    await expect(maya.get_by_role("button", name="Roll back to 2")).to_be_visible()
    await camera.take(maya, "incident")
    await maya.get_by_role("button", name="Roll back to 2").click()
    jon = await camera.page(f"as={JON}&c={ALERTS}")
    await jon.get_by_role("button", name="Approve").click()
    await jon.locator("#modal").get_by_role("button", name="Approve").click()
    await expect(maya.locator("#main").get_by_text("Rolled back deployment/odoo-acme to revision 2 in")).to_be_visible()
    await expect(maya.locator("#main").get_by_text("deployment/odoo-acme is healthy again")).to_be_visible(
        timeout=HEALS_MS
    )
    await camera.take(maya, "incident-healed")
    ops = await camera.page(f"as={MAYA}&c={OPS}")
    await say(ops, "/saas incidents --since 7d")
    await expect(ops.locator("#main").get_by_text("was crash-looping")).to_be_visible()
    await camera.take(ops, "incidents")


async def test_a_form_from_the_console_with_names_offered_and_what_it_would_do(camera: Camera) -> None:
    maya = await camera.page(f"as={MAYA}&c={OPS}")
    await maya.get_by_label("Files and shortcuts").click()
    await maya.get_by_text("Open the console").click()
    modal = maya.locator("#modal")
    await expect(modal.get_by_text("Answered in")).to_be_visible()
    await camera.take(maya, "console")
    await modal.locator("select").filter(has_text="scale").select_option("scale")
    await modal.get_by_placeholder("Type a part of the name").press_sequentially("instance-s")
    await maya.get_by_role("option", name="deployment/instance-service").click()
    await modal.get_by_label("Replicas").fill("4")
    await modal.get_by_role("button", name="Preview").click()
    await expect(modal.get_by_text("2 → 4")).to_be_visible()
    await modal.get_by_text("2 → 4").scroll_into_view_if_needed()
    await camera.take(maya, "form")
    await modal.get_by_role("button", name="Ask").click()
    await expect(maya.locator("#main").get_by_text("Scale deployment/instance-service to 4")).to_be_visible()
    await expect(maya.get_by_role("button", name="Approve")).to_be_visible()


async def test_usage_as_a_table_and_as_a_picture(camera: Camera) -> None:
    maya = await camera.page(f"as={MAYA}&c={OPS}", dark=True)
    await say(maya, "/saas quota list")
    picture = maya.get_by_role("img", name="acme: Used")
    await expect(picture).to_be_visible()
    await picture.scroll_into_view_if_needed()
    await camera.take(maya, "quotas")


async def test_the_home_of_who_may_approve(camera: Camera) -> None:
    await camera.stand.ask(MAYA, '/saas restart instance-worker --reason "stuck queue"')
    workspace = camera.stand.world.slack.workspace
    direct = workspace.open_im(JON, workspace.bot_user)
    assert (await camera.stand.world.slack.people.open_home(JON)).ok
    for size, name in ((WIDE, "home"), (PHONE, "home-phone")):
        jon = await camera.page(f"as={JON}&c={direct.id}&home=1", size=size)
        await expect(jon.locator("#main").get_by_text("Needs you")).to_be_visible()
        await expect(jon.get_by_role("button", name="Approve")).to_be_visible()
        await camera.take(jon, name)
