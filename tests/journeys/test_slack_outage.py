"""Slack is away while incidents open, change and heal, and the bot is killed meanwhile: nothing lost, nothing twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.clock import SystemClock
from bot.model.incident import Incident, IncidentState
from bot.store import PostgresLedger, opened_ledger
from playground.demo.breaking import ODOO, WORKER, bad_image, crash_odoo
from playground.slack.api.call import Args
from playground.slack.values import Message
from tests.journeys.stand import ALERTS, Stand, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE_S = 300.0
"""After a minute of failures the sender's next try may be a minute away; a shared machine takes its own time."""
ENDLESS = str(1 << 30)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ledger(stand: Stand) -> AsyncIterator[PostgresLedger]:
    """Give a look into the bot's database: what it knows while nobody can be told."""
    async with opened_ledger(stand.world.database.dsn) as opened:
        yield opened


async def test_what_opens_changes_and_heals_while_slack_is_away_and_the_bot_dies_is_told_once(
    stand: Stand, ledger: PostgresLedger
) -> None:
    kube = stand.world.cluster.kube
    sound = {path: await container(stand, path) for path in (ODOO, WORKER)}
    await bad_image(kube)
    [worker] = await roots(stand, "instance-worker")
    await stand.shows(worker, "🔴", "cannot pull its image")

    go_away(stand)
    await crash_odoo(kube)
    await known(ledger, "odoo-acme", IncidentState.OPEN, pods=1)
    await kube.patch(ODOO, {"spec": {"replicas": 3}})
    await known(ledger, "odoo-acme", IncidentState.OPEN, pods=3)
    stand.world.bot.kill()
    for path, of in sound.items():
        await kube.patch(path, {"spec": {"template": {"spec": {"containers": [of]}}}})
    for name in ("odoo-acme", "instance-worker"):
        await known(ledger, name, IncidentState.HEALED)
    assert not cards(stand, "odoo-acme"), "Slack was not away"
    assert "🔴" in seen(stand.now(worker)), "Slack was not away"

    stand.world.slack.control.cause("mend", Args({}))
    [odoo] = await roots(stand, "odoo-acme")
    for card, story in ((odoo, "was crash-looping for"), (worker, "could not pull its image for")):
        await stand.shows(card, "🟢", "is healthy again", story, patience_s=PATIENCE_S)
    await all_sent(ledger)
    for name, card in (("odoo-acme", odoo), ("instance-worker", worker)):
        assert cards(stand, name) == [card.ts]
        told = Counter(stand.thread(card))
        assert set(told.values()) == {1}, "a line stands in the thread twice"
        assert sum("is healthy again" in line for line in told) == 1


def go_away(stand: Stand) -> None:
    """Break the sockets, refuse new ones, and answer every call with an error page."""
    control = stand.world.slack.control
    control.cause("refuse", Args({"count": ENDLESS}))
    control.cause("fail", Args({"count": ENDLESS, "status": "503"}))
    control.cause("drop", Args({}))


async def container(stand: Stand, path: str) -> dict[str, Any]:
    """What the first container of the deployment runs, to be patched back."""
    found = (await stand.world.cluster.kube.ask("GET", path))["spec"]["template"]["spec"]["containers"][0]
    return {"name": found["name"], "image": found["image"], "command": found.get("command")}


async def known(ledger: PostgresLedger, name: str, state: IncidentState, *, pods: int = 0) -> Incident:
    """The incident of *name* once it is in *state*, with so many pods where given."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for one in await ledger.incidents("main", ended_since=SystemClock().now() - timedelta(hours=1)):
                if one.owner.name == name and one.state is state and len(one.members) == (pods or len(one.members)):
                    return one
            await asyncio.sleep(0.1)


async def all_sent(ledger: PostgresLedger) -> None:
    """Return when nothing waits to be sent any more."""
    async with asyncio.timeout(PATIENCE_S):
        while (await ledger.backlog()).due:  # noqa: ASYNC110 - the bot's own rows, which wake nobody here
            await asyncio.sleep(0.1)


async def roots(stand: Stand, name: str) -> list[Message]:
    """The messages about *name* in the alerts channel, once there is any."""
    await stand.eventually(lambda: cards(stand, name), patience_s=PATIENCE_S)
    return [stand.messages(ALERTS)[ts] for ts in cards(stand, name)]


def cards(stand: Stand, name: str) -> list[str]:
    """When they were posted."""
    found = stand.messages(ALERTS).items()
    return [ts for ts, message in found if f"deployment/{name} " in seen(message) and not message.is_reply]
