"""operations: the way back to a card that Slack has lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands.look.operations import OperationsArgs, run
from bot.model.actor import Actor, Person, Subject
from bot.model.operation import Operation, Requirements, State
from bot.model.plan import Plan
from bot.model.reply import Table, Tone
from bot.spec import Context
from tests.commands.asking import MAYA, context
from tests.fakes.cluster import FakeCluster
from tests.fakes.history import FakeOperations
from tests.fakes.objects import NAMESPACE, NOW

JON = Actor(Person("T1", "UJON", "jon"), Subject("jon"))


def operation(number: int, state: State, *, by: Actor = MAYA, namespace: str = NAMESPACE) -> Operation:
    title = f"Restart deployment/web-{number}"
    plan = Plan(command="restart", line="restart web", namespace=namespace, steps=(), title=title, doing="", done="")
    return Operation(
        id=str(number), number=number, plan=plan, requester=by, reason="", channel="C1", requirements=Requirements(),
        state=state, created_at=NOW - timedelta(minutes=number), approve_by=NOW, outcome="",
    )  # fmt: skip


def asked() -> Context:
    known = (
        operation(4, State.SUCCEEDED, by=JON),
        operation(3, State.PENDING),
        operation(2, State.APPLIED, by=JON),
        operation(1, State.DENIED, namespace="elsewhere"),
    )
    return replace(context(FakeCluster()), operations=FakeOperations(known))


@pytest.mark.parametrize(
    ("args", "numbers"),
    [
        pytest.param(OperationsArgs(namespace=NAMESPACE), ["3", "2", "4"], id="open ones first"),
        pytest.param(OperationsArgs(namespace=NAMESPACE, waiting=True), ["3"], id="waiting"),
        pytest.param(OperationsArgs(all_namespaces=True, mine=True), ["3", "1"], id="mine, everywhere"),
    ],
)
async def test_which_are_listed(args: OperationsArgs, numbers: list[str]) -> None:
    reply = await run(args, asked())
    assert isinstance(reply.parts[0], Table)
    assert [row[0] for row in reply.parts[0].rows] == numbers
    assert reply.tone is Tone.WAITING


async def test_the_headline_alone_would_do() -> None:
    reply = await run(OperationsArgs(namespace=NAMESPACE), asked())
    assert reply.headline == "3 operations: 1 waiting, 1 running, 1 ended"


async def test_every_row_leads_to_its_operation_from_any_channel() -> None:
    reply = await run(OperationsArgs(all_namespaces=True, mine=True), asked())
    assert isinstance(reply.parts[0], Table)
    lines = [button.line for buttons in reply.parts[0].row_buttons for button in buttons]
    assert lines == [f"operation show 3 -n {NAMESPACE}", "operation show 1 -n elsewhere"]


async def test_nothing_is_said_in_words() -> None:
    reply = await run(OperationsArgs(namespace="empty", waiting=True), asked())
    assert reply.headline == "Nothing waits for approval"
    assert reply.parts == ()
