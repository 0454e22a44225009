"""Who is no member of the workspace gets nowhere, by whichever door he comes: who he is, is asked first of all."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast

import msgspec
import pytest
import yaml

from bot.commands import COMMANDS
from bot.engine import policy
from bot.engine.acknowledging import Acknowledging
from bot.engine.acting import Acting
from bot.engine.asking import Asking
from bot.engine.authority import Authority
from bot.engine.authorize import Authorizer
from bot.engine.consoles import Consoles
from bot.engine.deciding import Deciding
from bot.engine.dialogs import Dialogs
from bot.engine.dispatch import Dispatcher
from bot.engine.forms import Forms
from bot.engine.glances import FRESH, Glances
from bot.engine.homes import Homes
from bot.engine.incident_notices import IncidentNotices
from bot.engine.live import Lives
from bot.engine.openings import kept, opening_id
from bot.engine.registry import Registry
from bot.engine.remembering import Remembered
from bot.engine.stopping import Stopping
from bot.engine.suggesting import Suggesting
from bot.errors import Denied
from bot.model.actor import Person
from bot.model.form import Opening
from bot.model.incoming import Click, Command, HomeOpened, Incoming, Origin, Submission
from bot.model.operation import Operation, State
from bot.model.outgoing import Card, Message
from bot.model.suggestion import Search
from bot.ports import ClusterReader, ReadOnly
from bot.store import PostgresLedger
from tests.engine.desk import Desk
from tests.fakes.clocks import HandClock
from tests.fakes.people import FakeDirectory, person

POLICY = {
    "apiVersion": "chatops.saas.io/v1",
    "kind": "Policy",
    "people": {"WHO": {"user": "who", "groups": ["sre"]}, "UMAYA": {"user": "maya@example.com", "groups": ["sre"]}},
    "groups": {"sre": {"kubernetesGroups": ["sre"]}},
    "channels": {name: {"namespaces": ["*"], "home": "shop"} for name in ("C1", "dm")},
    "tiers": {"two": {"approvals": [{"group": "sre"}]}},
    "rules": [{"name": "all", "match": {"namespaces": ["*"]}, "tier": "two"}],
}
HERE = Origin("", "T1", "WHO", "C1", datetime(2026, 5, 4, tzinfo=UTC))
KEYS = count()

WHO: dict[str, tuple[Person | None, dict[str, Any], str]] = {
    "guest": (person("WHO", is_guest=True), {}, "Guests of the workspace may not use this bot."),
    "stranger": (person("WHO", is_stranger=True), {}, "People from other workspaces may not use this bot."),
    "deactivated": (person("WHO", is_deleted=True), {}, "This account is deactivated."),
    "bot": (person("WHO", is_bot=True), {}, "Apps and bots may not give commands."),
    "from another workspace": (person("WHO"), {"team_id": "T9"}, "People from other workspaces may not use this bot."),
    "unknown to Slack": (None, {}, "Slack does not know your account here."),
    "in a channel that Slack calls shared": (person("WHO"), {"is_external": True}, "shared with another workspace"),
    "in a channel that is shared by now": (person("WHO"), {"channel": "SHARED"}, "shared with another workspace"),
    "not in the policy": (person("NEW"), {"user_id": "NEW"}, "is not in the policy file"),
}
"""Who he is → his account, what is odd about his deed, and what he is told."""

DOORS: dict[str, Callable[[Origin, str], Incoming]] = {
    "question": lambda origin, _: Command(origin, "status"),
    "change": lambda origin, _: Command(origin, "restart web"),
    "button of an answer": lambda origin, _: Click(origin, "run", "button", "1.0"),
    "approve": lambda origin, operation: Click(origin, "approve", operation, "1.0", f"V{origin.key}"),
    "deny": lambda origin, operation: Click(origin, "deny", operation, "1.0", f"V{origin.key}"),
    "details": lambda origin, operation: Click(origin, "details", operation, "1.0", f"V{origin.key}"),
    "cancel": lambda origin, operation: Click(origin, "cancel", operation, "1.0"),
    "stop": lambda origin, _: Click(origin, "stop", "live", "1.0"),
    "acknowledge": lambda origin, _: Click(origin, "ack", "incident", "1.0"),
    "snooze": lambda origin, _: Click(origin, "snooze", "incident", "1.0"),
    "console": lambda origin, _: Click(origin, "open_console", "", "", f"V{origin.key}"),
    "form": lambda origin, _: Click(origin, "form", "button", "1.0", f"V{origin.key}"),
    "menu of a message": lambda origin, _: Click(origin, "alert_actions", "", "1.0", f"V{origin.key}"),
    "approving modal": lambda origin, operation: Submission(origin, "approve", operation, f"V{origin.key}"),
    "denying modal": lambda origin, operation: Submission(origin, "deny", operation, f"V{origin.key}"),
    "field of App Home": lambda origin, _: Click(origin, "search", "restart web", "", ""),
    "App Home": lambda origin, _: HomeOpened(origin),
}


class Closed:
    """A cluster that nobody may ask before the person is known."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the cluster was asked ({name})")


def authorizer(account: Person | None) -> Authorizer:
    return Authorizer(
        policy=policy.load(yaml.safe_dump(POLICY)),
        directory=FakeDirectory({account.user_id: account} if account else {}, shared={"SHARED"}),
        cluster=cast(ClusterReader, Closed()),
        registry=Registry(COMMANDS),
    )


def dispatcher(ledger: PostgresLedger, desk: Desk, authority: Authorizer) -> Dispatcher:
    clock, reading = HandClock(), cast(ReadOnly, Closed())
    asking = Asking(
        authorizer=authority,
        ledger=ledger,
        reading=reading,
        clock=clock,
        propose=desk.approvals.propose,
        lives=Lives(ledger, authority, clock),
        slash="/saas",
    )
    return Dispatcher(
        ledger=ledger,
        asking=asking,
        deciding=Deciding(authority, Authority(authority), desk.approvals, ledger),
        stopping=Stopping(authority, ledger),
        acknowledging=Acknowledging(authority, ledger, IncidentNotices()),
        homes=Homes(authority, authority.directory, ledger, Glances(asking, Remembered(clock, FRESH)), clock, "/saas"),
        dialogs=Dialogs(
            Forms(authority, ledger, asking),
            Consoles(authority, authority.directory, ledger),
            Acting(authority, ledger),
        ),
    )


@pytest.fixture
async def operation(desk: Desk) -> Operation:
    """One that waits for approval; nothing else is left to send."""
    operation = await desk.propose(desk.plan("web"))
    async with desk.ledger.transaction() as tx:
        await tx.put(Card("card", "C1", Message("x", lines={"button": "restart web"})))
    await desk.deliver()
    return operation


@pytest.fixture
async def form(ledger: PostgresLedger) -> str:
    """What a select in his open form carries."""
    opening = Opening(user="WHO", channel="C1", line="restart")
    async with ledger.transaction() as tx:
        await tx.put(Card("form", "C1", Message("x", lines=kept([opening]))))
    return opening_id(opening)


async def told(ledger: PostgresLedger, item: Incoming, doors: Dispatcher) -> str:
    """Everything that comes of *item*."""
    await ledger.accept(item)
    claimed = await ledger.claim_incoming()
    assert claimed is not None
    await doors.handle(claimed)
    deliveries = await ledger.claim(20)
    await asyncio.gather(*(ledger.sent(delivery, None) for delivery in deliveries))
    return "\n".join(msgspec.json.encode(delivery.item).decode() for delivery in deliveries)


@pytest.mark.parametrize(("account", "odd", "says"), list(WHO.values()), ids=list(WHO))
async def test_no_door_is_open_to_him(
    ledger: PostgresLedger, desk: Desk, operation: Operation, account: Person | None, odd: dict[str, Any], says: str
) -> None:
    doors = dispatcher(ledger, desk, authorizer(account))
    for name, enter in DOORS.items():
        origin = msgspec.structs.replace(HERE, key=f"door-{next(KEYS)}", **odd)
        assert says in await told(ledger, enter(origin, operation.id), doors), name
    after = await ledger.operation(operation.id)
    assert (after.state, after.decisions, len(await ledger.operations())) == (State.PENDING, operation.decisions, 1)


IN_A_FORM = {who: row for who, row in WHO.items() if "in a channel" not in who and who != "not in the policy"}
"""A form of his was opened before he became one; a modal tells of no channel."""


@pytest.mark.parametrize(("account", "odd", "says"), list(IN_A_FORM.values()), ids=list(IN_A_FORM))
async def test_he_is_offered_no_names(
    ledger: PostgresLedger, form: str, account: Person | None, odd: dict[str, Any], says: str
) -> None:
    authority = authorizer(account)
    suggesting = Suggesting(authority, ledger, cast(ReadOnly, Closed()), Remembered(HandClock(), FRESH))
    with pytest.raises(Denied, match=says):
        await suggesting.options(Search(odd.get("team_id", "T1"), "WHO", "C1", "targets", "", form))
