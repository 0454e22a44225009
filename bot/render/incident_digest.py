"""The digest: one message ahead of many cards, when much goes wrong at once."""

from collections import defaultdict
from collections.abc import Sequence

from bot.model.counting import counted
from bot.model.fault_words import NOW
from bot.model.incident import Incident
from bot.model.outgoing import Message
from bot.model.symptom import Fault
from bot.render import blocks, rich
from bot.render.rich import Element
from bot.render.tone import RED

NAMED = 8
"""Owners of one fault; the cards below have them all."""


def digest(incidents: Sequence[Incident]) -> Message:
    """Sum up *incidents* by what is wrong, the most frequent first."""
    by_fault: dict[Fault, list[str]] = defaultdict(list)
    for one in incidents:
        by_fault[one.fault].append(str(one.owner))
    words = f"{counted(len(incidents), 'incident')} at once"
    rows = [_row(fault, names) for fault, names in sorted(by_fault.items(), key=lambda item: -len(item[1]))]
    return Message(
        text=f"🔴 {words}",
        blocks=[blocks.headline(words, emoji="🔴", after=[rich.glue(" · one card each below")]), blocks.lines(rows)],
        color=RED,
    )


def _row(fault: Fault, names: list[str]) -> list[Element]:
    rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return [rich.bold(f"{len(names)} × {NOW[fault]}"), rich.glue("  "), rich.text(", ".join(names[:NAMED]) + rest)]
