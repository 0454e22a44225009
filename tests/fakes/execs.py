"""An Exec that gives what it is told, and remembers what it was asked to run."""

from dataclasses import dataclass, field

from bot.errors import BotError
from bot.model.execution import ExecQuery, ExecResult


@dataclass
class FakeExec:
    """Ends each program alike."""

    result: ExecResult | BotError = ExecResult(stdout="", stderr="", exit_code=0)  # noqa: RUF009  # frozen
    ran: list[ExecQuery] = field(default_factory=list)

    async def run(self, query: ExecQuery) -> ExecResult:
        self.ran.append(query)
        if isinstance(self.result, BotError):
            raise self.result
        return self.result
