"""Conclusion: what looks at the steps say about the whole operation."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.engine.following import conclusion
from bot.model.operation import State
from bot.model.plan import Phase, Progress
from bot.ports_ledger import StepRecord

NOW = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)
PATIENCE = timedelta(minutes=10)


def look(phase: Phase, *, minutes_ago: int = 0, reason: str = "") -> StepRecord:
    """A step as it was last seen."""
    progress = Progress(phase, f"it is {phase}", reason=reason)
    return StepRecord(0, "audit", progress=progress, progressed_at=NOW - timedelta(minutes=minutes_ago))


RUNNING, DONE = look(Phase.RUNNING), look(Phase.DONE)
OLD_RUNNING, OLD_DONE = look(Phase.RUNNING, minutes_ago=11), look(Phase.DONE, minutes_ago=11)

CASES: dict[str, tuple[list[StepRecord], State | None, str]] = {
    "no look yet": ([], None, ""),
    "running": ([RUNNING], None, ""),
    "one of two done": ([DONE, RUNNING], None, ""),
    "all done": ([DONE, OLD_DONE], State.SUCCEEDED, "it is done · it is done"),
    "stalled": ([DONE, look(Phase.STALLED)], State.DEGRADED, "it is stalled"),
    "stalled with a reason": ([look(Phase.STALLED, reason="OOMKilled")], State.DEGRADED, "OOMKilled"),
    "too long without progress": ([OLD_RUNNING], State.DEGRADED, "No progress for 11 min: it is running"),
    "one moves, the other waits": ([OLD_RUNNING, RUNNING], None, ""),
    "just within patience": ([look(Phase.RUNNING, minutes_ago=10)], None, ""),
}


@pytest.mark.parametrize(("records", "state", "why"), list(CASES.values()), ids=list(CASES))
def test_looks_lead_to_a_conclusion(records: list[StepRecord], state: State | None, why: str) -> None:
    ending = conclusion(records, PATIENCE, NOW)
    assert (ending.state if ending else None, ending.why if ending else "") == (state, why)
