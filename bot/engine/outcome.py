"""Outcome: the sentences on how an execution ended, which leave nothing out that was done before the end."""

from collections.abc import Sequence

from bot.engine.writing import Ending
from bot.model.operation import Operation, State
from bot.model.plan import Waits
from bot.ports_ledger import StepRecord

NOTHING = " Nothing was changed."


def told(operation: Operation, ending: Ending, records: Sequence[StepRecord]) -> str:
    """Why it ended, what had been changed by then, and what was put back."""
    if ending.state is State.APPLIED:
        return ending.why
    why = ending.why.removesuffix(NOTHING)
    written = [record for record in records if record.is_written]
    if not written:
        return why if ending.state is State.UNKNOWN else why + NOTHING
    steps = operation.plan.steps
    put_back = [str(steps[record.ordinal].target) for record in written if steps[record.ordinal].waits is Waits.ENDED]
    effective = [str(steps[record.ordinal].target) for record in written if not has_failed(record)]
    changed = [target for target in effective if target not in put_back]
    return " ".join([why, *_before(changed, len(records)), *_afterwards(put_back)])


def has_failed(record: StepRecord) -> bool:
    """Whether its write was accepted and led to nothing; why it ended says so already."""
    return record.progress is not None and record.progress.has_failed


def _before(changed: list[str], total: int) -> list[str]:
    return [f"Before that, {', '.join(changed)} had been changed ({len(changed)} of {total})."] if changed else []


def _afterwards(put_back: list[str]) -> list[str]:
    return [f"{' and '.join(put_back)} {'was' if len(put_back) == 1 else 'were'} put back."] if put_back else []
