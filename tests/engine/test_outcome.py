"""Outcome: an ending leaves nothing out that was done, and claims nothing that was not."""

import pytest
from msgspec import structs

from bot.engine.outcome import told
from bot.engine.writing import Ending
from bot.model.operation import State
from bot.model.plan import Phase, Progress, Step, Waits
from bot.model.refs import ObjectRef
from bot.ports_ledger import StepRecord
from tests.render.operations import operation

ODOO, DATA, QUOTA = (
    ObjectRef("deployment", "odoo"),
    ObjectRef("instance", "acme"),
    ObjectRef("quota", "acme"),
)
STEPS = (
    Step(ODOO, {}, {}),
    Step(DATA, {}, {}, Waits.DONE),
    Step(QUOTA, {}, {}, Waits.DONE),
    Step(ODOO, {}, {}, Waits.ENDED),
)
FAILED = Progress(Phase.STALLED, "failed", has_failed=True)
OPERATION = operation(State.EXECUTING)
RESTORE = structs.replace(OPERATION, plan=structs.replace(OPERATION.plan, steps=STEPS))

CASES = {
    "nothing written": ((), "It broke. Nothing was changed."),
    "stopped, and nothing puts it back": ((0,), "It broke. Before that, deployment/odoo had been changed (1 of 4)."),
    "stopped and started again": ((0, 3), "It broke. deployment/odoo was put back."),
    "data replaced": (
        (0, 1, 3),
        "It broke. Before that, instance/acme had been changed (1 of 4). deployment/odoo was put back.",
    ),
}


@pytest.mark.parametrize(("written", "sentence"), CASES.values(), ids=CASES)
def test_what_was_done_before_the_end(written: tuple[int, ...], sentence: str) -> None:
    records = [StepRecord(place, "audit", is_written=place in written) for place in range(4)]
    assert told(RESTORE, Ending(State.FAILED, "It broke."), records) == sentence


def test_a_job_that_failed_has_changed_nothing_of_its_target() -> None:
    records = [StepRecord(place, "audit", is_written=place != 2) for place in range(4)]
    records[1] = StepRecord(1, "audit", is_written=True, progress=FAILED)
    assert told(RESTORE, Ending(State.FAILED, "The Job failed."), records) == (
        "The Job failed. deployment/odoo was put back."
    )


def test_not_knowing_is_not_nothing() -> None:
    records = [StepRecord(place, "audit") for place in range(4)]
    assert told(RESTORE, Ending(State.UNKNOWN, "Not known."), records) == "Not known."
