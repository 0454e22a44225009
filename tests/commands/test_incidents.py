"""incidents, incident show: the way back to a thread that has scrolled away, for who may see the pods it quotes."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from bot.errors import NotFound
from bot.model.actor import Actor, Person, Subject
from bot.model.incident import Diagnosis, Incident, IncidentState, Member, Remedy
from bot.model.operation import State
from bot.model.reply import Buttons, Code, Facts, Reply, Table, Tone
from bot.model.symptom import Fault
from bot.spec import Context, Query
from tests.commands.asking import context, parsed
from tests.engine.ailing import incident, owner, sick
from tests.fakes.cluster import FakeCluster
from tests.fakes.history import FakeIncidents, FakeOperations
from tests.fakes.objects import NAMESPACE, NOW
from tests.render.operations import operation

JON = Actor(Person("T1", "UJON", "jon"), Subject("jon"))


def known(
    number: int, *, name: str = "odoo-acme", kind: str = "deployment", namespace: str = NAMESPACE, ended_h_ago: int = 0
) -> Incident:
    """One that opened *number* hours before it ended, or before now."""
    ended_at = NOW - timedelta(hours=ended_h_ago) if ended_h_ago else None
    return msgspec.structs.replace(
        incident(sick(of=owner(name, kind))),
        id=str(number),
        number=number,
        owner=msgspec.structs.replace(owner(name, kind), namespace="" if kind == "node" else namespace),
        state=IncidentState.HEALED if ended_at else IncidentState.OPEN,
        opened_at=(ended_at or NOW) - timedelta(hours=number),
        ended_at=ended_at,
        cluster=FakeCluster().name,
    )


def asked(*incidents: Incident) -> Context:
    return replace(context(FakeCluster()), incidents=FakeIncidents(incidents))


async def answered(line: str, ctx: Context) -> Reply:
    understood = parsed(line)
    assert isinstance(understood.command, Query)
    return await understood.command.run(understood.args, ctx)


async def ask(line: str, *incidents: Incident) -> Reply:
    return await answered(line, asked(*incidents))


def table(reply: Reply) -> Table:
    part, *_ = reply.parts
    assert isinstance(part, Table)
    return part


EVERYTHING = (
    known(1),
    known(2, name="odoo-beta"),
    known(3, name="node-1", kind="node"),
    known(4, namespace="elsewhere"),
    known(5, ended_h_ago=2),
    known(6, ended_h_ago=60),
)


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        pytest.param("incidents", ["1", "2", "3"], id="what stands here, and nodes, the newest first"),
        pytest.param("incidents --since 1d", ["1", "2", "3", "5"], id="and what ended within a day, last"),
        pytest.param("incidents --since 7d", ["1", "2", "3", "5", "6"], id="within a week"),
        pytest.param("incidents -A", ["1", "2", "3", "4"], id="everywhere"),
        pytest.param("incidents -n elsewhere", ["3", "4"], id="in another namespace"),
    ],
)
async def test_which_are_listed(line: str, numbers: list[str]) -> None:
    assert [row[0] for row in table(await ask(line, *EVERYTHING)).rows] == numbers


async def test_the_headline_alone_would_do() -> None:
    tended = msgspec.structs.replace(known(1), acknowledged_by=JON, state=IncidentState.ACKNOWLEDGED)
    reply = await ask("incidents --since 1d", tended, known(2), known(5, ended_h_ago=2))
    assert reply.headline == "2 incidents open, 1 looked after, 1 ended"
    assert reply.tone is Tone.BAD


async def test_a_row_says_who_what_and_how_long() -> None:
    explained = msgspec.structs.replace(known(5, ended_h_ago=2), diagnosis=Diagnosis(likely="exit code 1"))
    cured = msgspec.structs.replace(explained, remedy=Remedy("Rolled back deployment/odoo-acme", 12, JON))
    (row,) = table(await ask("incidents --since 1d", cured)).rows
    assert row == ("5", "deployment/odoo-acme was crash-looping", "healed", "7h", "5h", "exit code 1", "jon")


async def test_every_row_leads_to_its_incident_from_any_channel() -> None:
    (buttons,) = table(await ask("incidents -A", known(4, namespace="elsewhere"))).row_buttons
    assert [button.line for button in buttons] == ["incident show 4 -n elsewhere"]


@pytest.mark.parametrize(
    ("line", "headline"),
    [
        pytest.param("incidents", f"Nothing is wrong in {NAMESPACE}", id="here"),
        pytest.param("incidents -A --since 7d", "Nothing is wrong, and nothing was in the last 7d", id="lately"),
    ],
)
async def test_nothing_is_said_in_words(line: str, headline: str) -> None:
    reply = await ask(line)
    assert (reply.headline, reply.tone, reply.parts) == (headline, Tone.GOOD, ())


async def test_one_is_shown_whole() -> None:
    pods = tuple(Member(f"u{number}", f"odoo-acme-{number:02}") for number in range(12))
    whole = msgspec.structs.replace(
        known(5, ended_h_ago=2),
        members=pods,
        reopened=1,
        diagnosis=Diagnosis(likely="exit code 1", log=("Traceback", "boom"), changed="revision 12, 1 min before"),
        acknowledged_by=JON,
        remedy=Remedy("Rolled back deployment/odoo-acme to revision 11", 12, JON, approvers=(JON,)),
    )
    reply = await ask("incident show 5", whole)
    facts = {fact.label: fact.text for part in reply.parts if isinstance(part, Facts) for fact in part.facts}
    assert reply.headline == "deployment/odoo-acme is healthy again · was crash-looping for 5 h"
    assert facts["Began"] == "7 h ago, lasted 5 h"
    assert facts["Came back"] == "1 time"
    assert facts["Affected"].startswith("odoo-acme-00, ")
    assert facts["Affected"].endswith("odoo-acme-09, and 2 more")
    assert facts["Likely"] == "exit code 1"
    assert facts["Changed"] == "revision 12, 1 min before"
    assert facts["Before it ended"] == (
        "Rolled back deployment/odoo-acme to revision 11 by jon, approved by jon (operation 12)"
    )
    assert [part.text for part in reply.parts if isinstance(part, Code)] == ["Traceback\nboom"]


async def test_what_stands_offers_what_its_card_offers() -> None:
    failed = msgspec.structs.replace(known(1), fault=Fault.IMAGE_PULL)
    reply = await ask("incident show 1", failed)
    assert [button.label for part in reply.parts if isinstance(part, Buttons) for button in part.buttons] == ["Why?"]


@pytest.mark.parametrize("line", ["incident show 9", "incident show 4"], ids=["unknown", "of another namespace"])
async def test_what_is_not_of_here_is_not_there(line: str) -> None:
    with pytest.raises(NotFound, match=f"There is no incident . in {NAMESPACE}"):
        await ask(line, *EVERYTHING)


async def test_the_last_change_is_the_one_that_began_last_whichever_was_asked_first() -> None:
    asked_later = operation(State.SUCCEEDED, took=timedelta(seconds=40))
    began = asked_later.started_at
    assert began is not None
    waited = msgspec.structs.replace(asked_later, number=141, started_at=began + timedelta(minutes=5))
    ctx = replace(asked(), operations=FakeOperations((asked_later, waited)))
    reply = await answered("status", ctx)
    (told,) = [
        f.text for part in reply.parts if isinstance(part, Facts) for f in part.facts if f.label == "Last change"
    ]
    assert told.endswith("(operation 141)")


async def test_status_names_what_is_wrong_and_who_changed_something_last() -> None:
    history = FakeOperations((operation(State.PENDING), operation(State.SUCCEEDED, took=timedelta(seconds=40))))
    ctx = replace(asked(known(1), known(4, namespace="elsewhere")), operations=history)
    reply = await answered("status", ctx)
    facts = {fact.label: fact.text for part in reply.parts if isinstance(part, Facts) for fact in part.facts}
    assert facts["Incidents"] == "deployment/odoo-acme is crash-looping"
    assert facts["Last change"].startswith("Restarted deployment/instance-worker by maya, ")
    assert "incidents -n saasodoo" in [
        button.line for part in reply.parts if isinstance(part, Buttons) for button in part.buttons
    ]
