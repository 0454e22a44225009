"""A bug in a change: tried three times, given up in words, one effect at most, whoever dies in between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from bot.model.event import EventKind
from bot.model.operation import Operation, State
from bot.model.plan import Effect, Mark, Step, Waits
from bot.ports import Backends, ReadOnly
from bot.store import PostgresLedger
from tests.engine.desk import Desk
from tests.engine.sample import NOBODY, SCALE
from tests.fakes.tripwire import Crash, TrippingLedger, Tripwire, tripping


@pytest.fixture
def hasty(desk: Desk, ledger: PostgresLedger) -> Desk:
    """A desk whose leases lapse at once, so that nobody waits for the dead."""
    return Desk(replace(ledger, lease=timedelta(0)), desk.cluster, desk.authority)


class Bugs:
    """A change whose functions fail where the test says; what it did is counted."""

    def __init__(self, *, before: Callable[[], None] = lambda: None, after: Callable[[], None] = lambda: None) -> None:
        self.before, self.after = before, after
        self.attempts = 0

    async def apply(self, step: Step, backends: Backends, mark: Mark) -> None:
        """As the sample's, with what fails before and after it."""
        self.attempts += 1
        self.before()
        await SCALE.apply(step, backends, mark)
        self.after()


def raises(error: Exception) -> Callable[[], None]:
    """What fails each time in the same way."""

    def fail() -> None:
        raise error

    return fail


async def turn(desk: Desk, **functions: object) -> None:
    """One process claims what there is, executes it with a change of these *functions*, and does not wait to retry."""
    changes = {"scale": replace(SCALE, **functions)}  # type: ignore[arg-type]  # the tests give what fits
    executor = replace(desk.executor, changes=changes)
    if lease := await executor.claim():
        await executor.hold(lease)
    await desk.ledger.database.execute("UPDATE operation_lease SET until = '-infinity'")


async def ended(desk: Desk, operation: Operation, **functions: object) -> Operation:
    """The operation after as many turns as it takes."""
    for _ in range(12):
        await turn(desk, **functions)
        found = await desk.ledger.operation(operation.id)
        if found.state is not State.EXECUTING:
            return found
    raise AssertionError("it goes on for ever")


async def broken(desk: Desk, operation: Operation) -> list[str]:
    """What the audit says of the bugs that stopped it."""
    story = await desk.ledger.story(operation.id)
    assert not (await desk.ledger.verify_audit()).faults
    return [one.event.text for one in story if one.event.kind is EventKind.BROKEN]


async def test_a_bug_that_stays_ends_the_operation_with_a_reference(desk: Desk) -> None:
    operation, bugs = await desk.approved("web"), Bugs(before=raises(KeyError("replicas")))
    told = await ended(desk, operation, apply=bugs.apply)
    noted = await broken(desk, operation)
    assert (told.state, bugs.attempts, len(noted), len(set(noted))) == (State.FAILED, 3, 3, 1)
    reference = noted[0].partition("(reference ")[2].removesuffix(").")
    assert told.outcome == (
        "The bot has a bug that keeps it from changing deployment/web; it was tried 3 times. "
        f"Give reference {reference} to whoever runs the bot. Nothing was changed."
    )
    assert noted[0].startswith("KeyError stopped the write of deployment/web")
    assert not desk.cluster.effects
    assert (await desk.propose(desk.plan("web"))).state is State.PENDING, "its target is free again"


async def test_what_a_bug_says_is_kept_nowhere(desk: Desk) -> None:
    operation = await desk.approved("web")
    told = await ended(desk, operation, apply=Bugs(before=raises(KeyError("hunter2"))).apply)
    assert "hunter2" not in told.outcome + "".join(await broken(desk, operation))


async def test_it_is_the_same_bug_whatever_was_at_hand(desk: Desk) -> None:
    """The words of an error often hold an address or a number that differs each time."""
    operation, numbers = await desk.approved("web"), iter(range(10))

    def fail() -> None:
        raise KeyError(next(numbers))

    bugs = Bugs(before=fail)
    assert (await ended(desk, operation, apply=bugs.apply)).state is State.FAILED
    assert bugs.attempts == 3


async def test_a_bug_after_the_write_leaves_one_effect_and_goes_on(desk: Desk) -> None:
    operation, bugs = await desk.approved("web", "api"), Bugs(after=raises(KeyError("spec")))
    told = await ended(desk, operation, apply=bugs.apply)
    assert (told.state, bugs.attempts) == (State.APPLIED, 2)
    assert sorted(desk.cluster.effects.values()) == [1, 1]


async def test_a_bug_that_passes_is_got_over(desk: Desk) -> None:
    failing = [KeyError("one"), ValueError("two"), KeyError("one")]
    operation = await desk.approved("web")

    def fail() -> None:
        if failing:
            raise failing.pop()

    assert (await ended(desk, operation, apply=Bugs(before=fail).apply)).state is State.APPLIED
    assert desk.cluster.effects.total() == 1
    assert len(await broken(desk, operation)) == 3


async def test_where_a_bug_keeps_even_the_look_from_telling_a_person_has_to_look(desk: Desk) -> None:
    async def effect(step: Step, on: ReadOnly, mark: Mark) -> Effect:
        raise IndexError

    operation, bugs = await desk.approved("web"), Bugs(after=raises(KeyError("spec")))
    told = await ended(desk, operation, apply=bugs.apply, effect=effect)
    assert told.state is State.UNKNOWN
    assert told.outcome.startswith("Whether deployment/web was changed is not known")
    assert (bugs.attempts, desk.cluster.effects.total()) == (1, 1)


async def test_what_is_put_back_in_any_case_is_put_back_after_a_bug(desk: Desk) -> None:
    made = desk.plan("web", "api")
    stop, buggy = made.steps
    buggy = structs.replace(buggy, waits=Waits.DONE)
    put_back = structs.replace(stop, observed={"uid": stop.target.uid}, waits=Waits.ENDED)
    operation = await desk.propose(structs.replace(made, steps=(stop, buggy, put_back)), NOBODY)

    async def apply(step: Step, backends: Backends, mark: Mark) -> None:
        if step.target.name == "api":
            raise KeyError("api")
        await SCALE.apply(step, backends, mark)
        desk.cluster.churn(step.target.name, ready=3)

    told = await ended(desk, operation, apply=apply)
    assert told.state is State.FAILED
    assert told.outcome.endswith("deployment/web was put back.")
    assert list(desk.cluster.effects) == [(operation.id, "web"), (f"{operation.id}.2", "web")]


async def killed(desk: Desk, wire: Tripwire, bugs: Bugs) -> None:
    """A turn of a process that dies on *wire*."""
    dying = Desk(TrippingLedger(desk.ledger, wire), tripping(desk.cluster, wire), desk.authority)  # type: ignore[arg-type]  # a stand-in for it
    try:
        await turn(dying, apply=bugs.apply)
    except* Crash:
        await desk.ledger.database.execute("UPDATE operation_lease SET until = '-infinity'")


@pytest.mark.parametrize(("side", "end", "effects"), [("before", State.FAILED, 0), ("after", State.APPLIED, 1)])
async def test_death_between_the_attempts_leaves_one_effect_at_most(
    hasty: Desk, side: str, end: State, effects: int
) -> None:
    """Each process dies a few points later than the one before: while it meets the bug, notes it, or gives up."""
    bugs = Bugs(**{side: raises(KeyError("spec"))})
    for point in range(1, 60, 6):
        name = f"web-{point}"
        operation, wire = await hasty.approved(name), Tripwire(at=point)
        for _ in range(4):
            await killed(hasty, wire, bugs)
        assert (await ended(hasty, operation, apply=bugs.apply)).state is end, wire.passed
        assert hasty.cluster.effects[operation.id, name] == effects, wire.passed
    assert not (await hasty.ledger.verify_audit()).faults
