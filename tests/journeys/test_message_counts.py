"""How many messages each kind of command costs: what people see appear, and what is called at Slack for it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.engine.asking import MOMENT_S
from bot.store import PostgresLedger, opened_ledger
from playground.demo.breaking import crash_odoo
from tests.journeys.stand import ALERTS, JON, MAYA, PATIENCE_S, VERA, Stand

pytestmark = pytest.mark.asyncio(loop_scope="module")

EDIT_EVERY_S = 2.0
"""What is under way is drawn anew no more often; a slow machine takes longer, and so draws more."""
SEEN = ("chat.postMessage", "chat.postEphemeral", "files.completeUploadExternal", "views.open")
"""What puts something new before somebody's eyes."""
EDITS = ("chat.update", "views.update")

Journey = Callable[[Stand], Awaitable[object]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ledger(stand: Stand) -> AsyncIterator[PostgresLedger]:
    """Give a look into the bot's outbox."""
    async with opened_ledger(stand.world.database.dsn) as opened:
        yield opened


async def look(stand: Stand) -> None:
    await stand.ask(MAYA, "/saas status")


async def turned_page(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas get pods")
    assert (await stand.press(MAYA, card, "Next")).ok
    await stand.shows(card, "Previous")


async def refusal(stand: Stand) -> None:
    await stand.told(VERA, "/saas scale billing-service --replicas 3")


async def unapproved(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas exec postgres-0 -- df -h")
    await stand.shows(card, "✅")


async def approved(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas restart instance-worker")
    await stand.approve(JON, card)
    await stand.shows(card, "✅ Restarted deployment/instance-worker")


async def followed(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas logs deployment/instance-worker --follow")
    await stand.eventually(lambda: stand.thread(card))
    assert (await stand.press(MAYA, card, "Stop")).ok
    await stand.shows(card, "no longer followed")


async def incident(stand: Stand) -> None:
    await crash_odoo(stand.world.cluster.kube)
    alert = await stand.eventually(lambda: next(iter(stand.messages(ALERTS).values()), None))
    await stand.shows(alert, "🔴", "Roll back to")
    template = {"template": {"spec": {"containers": [{"name": "odoo", "command": None}]}}}
    await stand.world.cluster.kube.patch("/apis/apps/v1/namespaces/saasodoo/deployments/odoo-acme", {"spec": template})
    await stand.shows(alert, "🟢")


@dataclass(frozen=True)
class Cost:
    """What a journey may cost."""

    seen: int
    """New messages, whispers, files and modals: exactly, unless it goes on."""
    edits: int
    """Of messages and modals: at most one for each state after the first, beside those of what goes on."""
    goes_on: bool = False
    """As long as it lasts there is more to tell."""


JOURNEYS: dict[str, tuple[Journey, Cost]] = {
    "a look": (look, Cost(1, 0)),
    "a list, and its next page": (turned_page, Cost(1, 1)),
    "a refusal": (refusal, Cost(1, 0)),
    "a change without approval: card, end, direct message": (unapproved, Cost(3, 3)),
    "a change with approval: the same, who approved, his modal": (approved, Cost(5, 6)),
    "a followed log: card, lines": (followed, Cost(2, 1, goes_on=True)),
    "an incident: card, end": (incident, Cost(2, 1, goes_on=True)),
}


@pytest.mark.parametrize(("journey", "cost"), list(JOURNEYS.values()), ids=list(JOURNEYS))
async def test_a_command_costs_no_more_messages_than_it_needs(
    stand: Stand, ledger: PostgresLedger, journey: Journey, cost: Cost
) -> None:
    await all_sent(ledger)
    calls = stand.world.slack.journal.calls
    calls.clear()
    began = time.monotonic()
    await journey(stand)
    await all_sent(ledger)
    counts = Counter(call.method for call in calls)
    took_s = time.monotonic() - began
    going_on = took_s // EDIT_EVERY_S
    looked_for = took_s > MOMENT_S  # what takes longer has a first card that says so
    more = going_on if cost.goes_on else 0
    assert cost.seen <= sum(counts[method] for method in SEEN) <= cost.seen + more
    assert sum(counts[method] for method in EDITS) <= cost.edits + looked_for + going_on


async def all_sent(ledger: PostgresLedger) -> None:
    """Return when nothing waits to be sent any more."""
    async with asyncio.timeout(PATIENCE_S):
        while (await ledger.backlog()).due:  # noqa: ASYNC110 - the bot's own rows, which wake nobody here
            await asyncio.sleep(0.1)
