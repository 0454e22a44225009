"""Every change, asked for in its form in a real browser: a wrong value, a right one, the preview, the card."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.commands import COMMANDS
from bot.spec import Change
from playground.slack.values import Message
from tests.browser import chromium, expect
from tests.journeys.stand import DEPLOYMENTS, JON, MAYA, OPS, Stand, seen

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PATIENCE_MS = 120_000
REQUIRED = "Please complete this required field."


@dataclass(frozen=True)
class Walk:
    """What is entered by label; in a field with names, what is typed, and then the first of those offered."""

    wrong: Mapping[str, str]
    error: str
    right: Mapping[str, str]
    previewed: str
    """What stands in the preview alone: what is pressed before that has come is pressed on the form that goes."""
    card: str
    before: Callable[[Stand], Awaitable[None]] | None = None
    """What there must be, for there to be something to change."""


async def paused_user_service(stand: Stand) -> None:
    await stand.world.cluster.kube.patch(f"{DEPLOYMENTS}/user-service", {"spec": {"paused": True}})


async def two_backups_of_acme(stand: Stand) -> None:
    for _ in range(2):
        card = await stand.ask(MAYA, '/saas backup create acme --reason "before the upgrade"')
        await stand.approve(JON, card)
        await stand.shows(card, "✅ Backed up acme in ")


WALKS = {
    "restart": Walk(
        wrong={"Workloads": "a_b!"},
        error="“a_b!” is not a name that Kubernetes allows",
        right={"Workloads": "billing"},
        previewed="Restart deployment/billing-service",
        card="Restart deployment/billing-service",
    ),
    "scale": Walk(
        wrong={"Workload": "user-service", "Replicas": "5000"},
        error="Please enter a number of at most 1000.",
        right={"Replicas": "5"},
        previewed="+replicas: 5",
        card="Scale deployment/user-service to 5",
    ),
    "rollback": Walk(
        wrong={"Workload": "instance-worker", "To revision": "x"},
        error="To revision takes a whole number, not “x”",
        right={"To revision": "1.8"},
        previewed="Roll back deployment/instance-worker to revision 3",
        card="Roll back deployment/instance-worker to revision 3",
    ),
    "rollout pause": Walk(
        wrong={"Deployment": "a_b!"},
        error="“a_b!” is not a name that Kubernetes allows",
        right={"Deployment": "instance-service"},
        previewed="+paused: true",
        card="Pause rollouts of deployment/instance-service",
    ),
    "rollout resume": Walk(
        wrong={"Deployment": "a_b!"},
        error="“a_b!” is not a name that Kubernetes allows",
        right={"Deployment": "user-service"},
        previewed="+paused: false",
        card="Resume rollouts of deployment/user-service",
        before=paused_user_service,
    ),
    "delete pod": Walk(
        wrong={"Pod": "a_b!"},
        error="“a_b!” is not a name that Kubernetes allows",
        right={"Pod": "billing"},
        previewed="Delete pod/billing-service-",
        card="Delete pod/billing-service-",
    ),
    "exec": Walk(
        wrong={"Pod": "postgres-0", "Command": "echo 'x"},
        error="A quote is opened and never closed",
        right={"Command": "pg_isready -q"},
        previewed="pg_isready -q",
        card="pg_isready -q",
    ),
    "job rerun": Walk(
        wrong={"Job": "a_b!"},
        error="“a_b!” is not a name that Kubernetes allows",
        right={"Job": "backup"},
        previewed="Run job/",
        card="Run job/",
    ),
    "quota set": Walk(
        wrong={"Instance": "acme", "Size": "10Gb5"},
        error="“10Gb5” is not a size",
        right={"Size": "30Gi"},
        previewed="30 GiB",
        card="quota of acme to 30 GiB",
    ),
    "backup create": Walk(
        wrong={"Instance": "a b"},
        error="“a b”",
        right={"Instance": "acme"},
        previewed="Back up acme",
        card="Back up acme",
    ),
    "backup restore": Walk(
        before=two_backups_of_acme,
        wrong={"Backup": "acme"},
        error=REQUIRED,
        right={"Reason": "deleted by mistake"},
        previewed="Restore acme",
        card="Restore acme",
    ),
    "backup prune": Walk(
        before=two_backups_of_acme,
        wrong={"Older than": "soon", "Reason": "the disk is nearly full"},
        error="soon",
        right={"Older than": "", "Keep": "1"},
        previewed="nothing brings them back",
        card="Delete",
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for all; each walk has a page of its own."""
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def page(stand: Stand, browser: Browser) -> AsyncIterator[Page]:
    """The page as Maya, on the width of a small laptop."""
    opened = await browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(PATIENCE_MS)
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    await opened.goto(f"{stand.world.slack.page_url}?as={MAYA}&c={OPS}")
    yield opened
    for view in stand.world.slack.workspace.views_of(MAYA):
        await stand.world.slack.people.close(MAYA, view.id)
    await opened.close()
    assert troubles == []


async def test_every_change_is_walked() -> None:
    assert {one.name for one in COMMANDS if isinstance(one, Change)} == set(WALKS)


@pytest.mark.parametrize("name", WALKS)
async def test_a_change_is_asked_for_in_its_form(stand: Stand, page: Page, name: str) -> None:
    walk = WALKS[name]
    if walk.before:
        await walk.before(stand)
    await open_form(page, name)
    await enter(stand, page, walk.wrong)
    await page.click("#modal footer .primary")
    await expect(page.locator("#modal .error").first, patience_ms=PATIENCE_MS).to_contain_text(walk.error)
    await enter(stand, page, walk.right)
    await page.click("#modal .btn:text('Preview')")
    await expect(page.locator("#modal"), patience_ms=PATIENCE_MS).to_contain_text(walk.previewed)
    known = set(stand.messages())
    await page.click("#modal footer .primary")
    await expect(page.locator("#modal"), patience_ms=PATIENCE_MS).to_be_hidden()
    card = await stand.card_after(known)
    assert walk.card in seen(card)
    await put_away(stand, card)


async def open_form(page: Page, name: str) -> None:
    """From the help of the command, as somebody would who does not know it."""
    helped = page.locator("#main .message.ephemeral", has_text=f"/saas {name} ").last
    await page.fill("#foot textarea", f"/saas help {name}")
    await page.press("#foot textarea", "Enter")
    await helped.locator(".btn:text('Fill in a form')").click()
    await expect(page.locator("#modal-title"), patience_ms=PATIENCE_MS).to_have_text(name.capitalize())


async def enter(stand: Stand, page: Page, values: Mapping[str, str]) -> None:
    """Fill in by label; of names, take the first that is offered."""
    for label, value in values.items():
        field = page.locator("#modal .input").filter(has=page.locator(f".label:text('{label}')")).last
        if not await field.locator("[role=combobox]").count():
            await field.locator("input, textarea").fill(value)
        elif await field.get_attribute("data-dispatch") is None:
            await choose(field, value)
        else:
            before = hash_of_form(stand)
            await choose(field, value)
            await drawn_again(stand, before)


def hash_of_form(stand: Stand) -> str:
    return stand.world.slack.workspace.views_of(MAYA)[-1].hash


async def drawn_again(stand: Stand, before: str) -> None:
    """Wait until the bot knows what was chosen; an error that is shown before would go with the old form."""
    await stand.eventually(lambda: hash_of_form(stand) != before)


async def choose(field: Locator, value: str) -> None:
    """Type, and take the first offer; what was chosen before goes."""
    for cross in await field.locator(".chip button").all():
        await cross.click()
    await field.locator("[role=combobox]").fill(value)
    await field.locator(f"[role=option]:has-text('{value}')").first.click()
    await expect(field.locator(".chip"), patience_ms=PATIENCE_MS).to_have_count(1)


async def put_away(stand: Stand, card: Message) -> None:
    """Deny what waits; what needed nobody's approval is done already."""
    if "Approve" in str(stand.now(card).all_blocks()):
        assert (await stand.press(JON, card, "Deny")).ok
        await stand.submit(JON, await stand.modal(JON, "Deny"))
        await stand.shows(card, "Denied")
