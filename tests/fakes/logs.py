"""Logs that say what they are told, and remember what they were asked."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from bot.model.logs import LogLine, LogQuery, LogRead


@dataclass
class FakeLogs:
    """Answers each read with the same lines."""

    answer: LogRead = field(default_factory=LogRead)
    asked: list[LogQuery] = field(default_factory=list)

    async def read(self, query: LogQuery) -> LogRead:
        self.asked.append(query)
        return self.answer

    async def follow(self, query: LogQuery) -> AsyncGenerator[LogLine, None]:
        self.asked.append(query)
        for line in self.answer.lines:
            if line.source in query.sources:
                yield line
