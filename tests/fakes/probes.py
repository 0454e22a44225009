"""Probes that answer what they are told, and remember what they were asked."""

from dataclasses import dataclass, field

from bot.errors import BotError
from bot.model.probe import NoAnswer, ProbeAnswer, ProbeQuery


@dataclass
class FakeProbes:
    """Answers each probe alike."""

    answer: ProbeAnswer | NoAnswer | BotError
    asked: list[ProbeQuery] = field(default_factory=list)

    async def get(self, query: ProbeQuery) -> ProbeAnswer | NoAnswer:
        self.asked.append(query)
        if isinstance(self.answer, BotError):
            raise self.answer
        return self.answer
