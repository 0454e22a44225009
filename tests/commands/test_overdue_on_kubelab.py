"""On a real cluster: a backup that becomes overdue opens an incident, and the Job that its button asks for heals it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.engine import policy
from bot.k8s.session import connect
from bot.model.incident import Incident, IncidentState
from bot.model.operation import State
from bot.model.outgoing import Card
from bot.model.symptom import Fault
from bot.ports_slack import Location
from bot.watch import Watch
from tests.commands.backup_lab import NAMESPACE, PATIENCE_S, Lab

pytestmark = pytest.mark.kubelab

POLICY = policy.Policy.model_validate(
    {
        "apiVersion": "chatops.saas.io/v1",
        "kind": "Policy",
        "people": {},
        "channels": {"C1": {"namespaces": [NAMESPACE], "home": NAMESPACE, "alerts": True}},
        "tiers": {},
        "rules": [],
    }
)


class ImpatientClock(SystemClock):
    """The system's time; what would be looked at every quarter of an hour is looked at every second."""

    async def sleep(self, seconds: float) -> None:
        """As bot.ports.Clock."""
        await asyncio.sleep(min(seconds, 1.0))


@asynccontextmanager
async def watching(lab: Lab, kubeconfig: Path) -> AsyncIterator[None]:
    """The bot watches, by a Lease of the real cluster, as bot/app.py has it watch."""
    session = await connect(str(kubeconfig))
    watch = Watch(
        session=session,
        on=lab.backends,
        ledger=lab.ledger,
        policy=POLICY,
        clock=ImpatientClock(),
        own_namespace=NAMESPACE,
        settle=timedelta(seconds=5),
    )
    task = asyncio.create_task(watch.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await session.close()


async def incident(lab: Lab, *states: IncidentState) -> Incident:
    """The one of the lab's instance, once it is in one of *states*."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for one in await lab.ledger.incidents("main", ended_since=datetime.now(UTC) - timedelta(hours=1)):
                if one.owner.name == f"odoo-{lab.instance}" and one.state in states:
                    return one
            await lab.ledger.wait_news(1)


async def told(lab: Lab, key: str) -> Card:
    """The card of that key; whatever is due before it is taken for sent."""
    ticks = count(1)
    while deliveries := await lab.ledger.claim(20):
        for due in deliveries:
            if isinstance(due.item, Card) and due.item.key == key:
                return due.item
            await lab.ledger.sent(due, Location("C1", f"{next(ticks)}.0"))
    raise AssertionError(f"nothing is due under {key}")


def grow_old(lab: Lab) -> None:
    """Let the only backup be of the day before yesterday, by what its Job wrote down of it."""
    [manifest] = (lab.backups / lab.instance).glob("*.json")
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**told, "at": (datetime.now(UTC) - timedelta(hours=48)).isoformat()}))


async def test_an_overdue_backup_opens_an_incident_and_a_new_one_heals_it(lab: Lab, mounting: Path) -> None:
    first = await lab.run(f"backup create {lab.instance}")
    assert first.state is State.SUCCEEDED, first.outcome
    grow_old(lab)
    async with watching(lab, mounting):
        opened = await incident(lab, IncidentState.OPEN)
        assert (opened.fault, opened.owner.namespace) == (Fault.BACKUP_OVERDUE, NAMESPACE)
        assert opened.worst.message.endswith("one is due every 26 h")
        card = await told(lab, f"incident:{opened.id}:C1")
        assert any(f"backup create {lab.instance}" in line for line in card.message.lines.values())
        again = await lab.run(f"backup create {lab.instance}")
        assert again.state is State.SUCCEEDED, again.outcome
        assert (await incident(lab, IncidentState.HEALED)).id == opened.id
