"""The thread of an operation: who decided what, and how it ended; what happens in between stands on its card."""

from typing import assert_never

from bot.model.operation import Operation, State
from bot.model.outgoing import Message
from bot.render import blocks, cards, people, progress, rich
from bot.render.limits import FACT_CHARACTERS
from bot.render.rich import Element


def operation_line(operation: Operation) -> Message | None:
    """What has just happened to *operation*, told by its state and its latest decision; None where the card says it."""
    elements = _told(operation)
    if not elements:
        return None
    text = rich.notification(elements).strip() or cards.notification(operation)
    return Message(text=text, blocks=[blocks.paragraph(*elements)])


def _told(operation: Operation) -> list[Element]:
    match operation.state:
        case State.PENDING:
            return people.decided(operation.decisions[-1]) if operation.decisions else people.asked(operation)
        case State.APPROVED:
            return people.decided(operation.decisions[-1]) if operation.decisions else []
        case State.EXECUTING | State.APPLIED:
            return []
        case State.DENIED:
            denial = people.denial(operation)
            return people.decided(denial) if denial else rich.spans(_ending(operation))
        case (
            State.SUCCEEDED
            | State.DEGRADED
            | State.CANCELLED
            | State.EXPIRED
            | State.STALE
            | State.FAILED
            | State.UNKNOWN
        ):
            return rich.spans(_ending(operation), limit=FACT_CHARACTERS)
        case _:
            assert_never(operation.state)


def _ending(operation: Operation) -> str:
    why = operation.outcome or next(iter(progress.reasons(operation)), "")
    return f"{cards.headline(operation)}. {why}".strip()
