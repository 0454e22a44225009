"""How far an operation is: a bar and one line over all its steps."""

from bot.model import bars
from bot.model.operation import Operation
from bot.model.plan import Phase, Progress

CELLS = 8
"""Wide enough to see movement, short enough for a phone."""


def looks(operation: Operation) -> list[Progress]:
    """The latest look per step, where there is one."""
    return [look for look in operation.progress if look is not None]


def bar(operation: Operation) -> str:
    """`▓▓▓▓▓▓░░`, empty where nothing is counted."""
    wanted = sum(look.wanted for look in looks(operation))
    ready = sum(min(look.ready, look.wanted) for look in looks(operation))
    return bars.bar(ready / wanted, CELLS) if wanted else ""


def step_lines(operation: Operation) -> list[str]:
    """One line per step; with several steps each names its object."""
    several = len(operation.plan.steps) > 1
    return [
        f"{step.target}: {look.line}" if several else look.line
        for step, look in zip(operation.plan.steps, operation.progress, strict=False)
        if look is not None and look.line
    ]


def reasons(operation: Operation) -> list[str]:
    """Why steps stall, with their evidence."""
    return [look.reason for look in looks(operation) if look.phase is Phase.STALLED and look.reason]


def outputs(operation: Operation) -> list[str]:
    """What programs said."""
    return [look.output for look in looks(operation) if look.output]


def verdict(operation: Operation) -> str:
    """Whether it failed for good, or only does not get on."""
    return "failed" if any(look.has_failed for look in looks(operation)) else "stalled"


def counts(operation: Operation) -> str:
    """`2 of 4`, empty where nothing is counted."""
    wanted = sum(look.wanted for look in looks(operation))
    return f"{sum(look.ready for look in looks(operation))} of {wanted}" if wanted else ""


def way_out(operation: Operation) -> str:
    """The command line to offer for a stalled rollout."""
    return next((look.next_line for look in looks(operation) if look.next_line), "")
