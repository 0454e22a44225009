"""How a program that was run ended, as the last look at its step. Pure."""

from bot.model.execution import ExecQuery, ExecResult
from bot.model.plan import Phase, Progress

OUTPUT_CHARACTERS = 4_000
"""Kept of both outputs together: a card shows that much."""


def told(query: ExecQuery, result: ExecResult) -> Progress:
    """How it ended, with what it said."""
    said = _said(result)
    output = said[:OUTPUT_CHARACTERS]
    more = f" · the first {OUTPUT_CHARACTERS} characters" if len(said) > len(output) or result.is_cut else ""
    match result.exit_code:
        case 0:
            return Progress(Phase.DONE, f"exit code 0{more}", output=output)
        case None:
            why = f"It did not end within {query.time.total_seconds():.0f} s and may still run in {query.container}"
        case code:
            why = f"It ended with exit code {code}"
    return Progress(Phase.STALLED, f"{why}{more}", reason=f"{why}{more}", has_failed=True, output=output)


def _said(result: ExecResult) -> str:
    """Both outputs; what went to stderr is named where there is both."""
    if result.stdout and result.stderr:
        return f"{result.stdout.rstrip()}\n--- stderr\n{result.stderr}"
    return result.stdout or result.stderr
