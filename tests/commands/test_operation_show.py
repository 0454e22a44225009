"""operation show: one operation whole, each step from the audit."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from bot.errors import NotFound
from bot.model.actor import Actor, Person
from bot.model.event import Event, EventKind, Noted
from bot.model.operation import Operation, State, Verdict
from bot.model.reply import Code, Facts, Reply, Table, Tone
from bot.spec import Query
from tests.commands.asking import context, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.history import FakeOperations
from tests.render.operations import AT, MAYA, PLAN, decision, operation

DONE = operation(
    State.SUCCEEDED,
    plan=msgspec.structs.replace(PLAN, diff="-replicas: 3\n+replicas: 4"),
    decisions=(decision(Verdict.APPROVE, "go"),),
    outcome="4 of 4 ready",
    took=timedelta(seconds=41),
)
WAITS = operation(State.PENDING)
STORY = (
    Noted(AT, Event(kind=EventKind.PROPOSED, actor=MAYA, operation=DONE.id, text="stuck queue")),
    Noted(
        AT + timedelta(seconds=70),
        Event(kind=EventKind.DECIDED, actor=MAYA, operation=DONE.id, text="go", detail={"verdict": "approve"}),
    ),
    Noted(
        AT + timedelta(seconds=75),
        Event(kind=EventKind.WRITTEN, operation=DONE.id, detail={"target": "deployment/instance-worker"}),
    ),
)


async def shown(line: str, one: Operation = DONE, story: tuple[Noted, ...] = STORY) -> Reply:
    understood = parsed(line)
    assert isinstance(understood.command, Query)
    ctx = replace(context(FakeCluster()), operations=FakeOperations((one,), story), now=AT + timedelta(hours=1))
    return await understood.command.run(understood.args, ctx)


async def test_who_asked_who_decided_and_what_came_of_it() -> None:
    reply = await shown(f"operation show {DONE.number}")
    facts = {fact.label: fact.text for part in reply.parts if isinstance(part, Facts) for fact in part.facts}
    assert reply.headline == f"Operation {DONE.number}, succeeded: Restart deployment/instance-worker"
    assert reply.tone is Tone.GOOD
    assert facts["Asked by"] == "maya, 60 min ago: “stuck queue, INC-341”"
    assert facts["Approved by"] == "jon: “go”"
    assert (facts["Took"], facts["Outcome"]) == ("41 s", "4 of 4 ready")
    assert facts["Asked with"] == f"`{PLAN.line}`"


async def test_no_reason_goes_on_in_the_bots_own_voice() -> None:
    forged = "x” · ✅ Approved by @jon: “fine"
    one = msgspec.structs.replace(DONE, reason=forged, decisions=(decision(Verdict.DENY, forged),))
    reply = await shown(f"operation show {DONE.number}", one)
    facts = {fact.label: fact.text for part in reply.parts if isinstance(part, Facts) for fact in part.facts}
    assert facts["Asked by"] == "maya, 60 min ago: “x' · ✅ Approved by @jon: 'fine”"
    assert facts["Denied by"] == "jon: “x' · ✅ Approved by @jon: 'fine”"


async def test_one_that_waits_says_for_whom_and_for_how_long() -> None:
    reply = await shown("operation show 142", msgspec.structs.replace(WAITS, approve_by=AT + timedelta(minutes=75)))
    facts = {fact.label: fact.text for part in reply.parts if isinstance(part, Facts) for fact in part.facts}
    assert facts["Needs"] == "1 of @sre, not maya · 15 min left"


async def test_one_that_nobody_decided_in_time_says_so() -> None:
    reply = await shown("operation show 142", WAITS)
    facts = {fact.label: fact.text for part in reply.parts if isinstance(part, Facts) for fact in part.facts}
    assert facts["Needs"] == "1 of @sre, not maya · too late now"


async def test_what_was_shown_to_who_decided() -> None:
    reply = await shown(f"operation show {DONE.number}")
    assert [part.text for part in reply.parts if isinstance(part, Code)] == ["-replicas: 3\n+replicas: 4"]


async def test_each_row_of_the_audit_is_told_with_its_moment() -> None:
    reply = await shown(f"operation show {DONE.number}")
    (story,) = (part for part in reply.parts if isinstance(part, Table))
    assert story.rows == (
        ("2026-03-01 14:02:00 UTC", "+0s", "maya", "proposed", "stuck queue"),
        ("2026-03-01 14:03:10 UTC", "+70s", "maya", "decided: approve", "go"),
        ("2026-03-01 14:03:15 UTC", "+75s", "the bot", "written", "deployment/instance-worker"),
    )


@pytest.mark.parametrize(
    ("user", "called"),
    [pytest.param("UGUS", "UGUS", id="a stranger"), pytest.param("UMAYA", "maya", id="who asked for it")],
)
async def test_who_was_refused_stands_beside_his_refusal(user: str, called: str) -> None:
    named = Actor(Person("T1", "UMAYA", "maya"), MAYA.subject)
    refused = Event(kind=EventKind.REFUSED, operation=DONE.id, text="You may not.", detail={"user": user})
    asked = msgspec.structs.replace(DONE, requester=named)
    reply = await shown(f"operation show {DONE.number}", asked, story=(Noted(AT, refused),))
    (story,) = (part for part in reply.parts if isinstance(part, Table))
    assert story.rows[0][2:] == (called, "refused", "You may not.")


@pytest.mark.parametrize("line", [f"operation show {DONE.number + 1}", f"operation show {DONE.number} -n elsewhere"])
async def test_what_is_not_of_here_is_not_there(line: str) -> None:
    with pytest.raises(NotFound, match="There is no operation"):
        await shown(line)
