"""App Home: what needs me now, what runs, and what I did last."""

from collections.abc import Sequence

from bot.model.operation import Operation
from bot.model.plan import Json
from bot.render import blocks, people, rich, tone
from bot.render.blocks import Block
from bot.render.cards import headline

SHOWN = 5
"""Operations per heading: a home is looked at, not read."""


def home_view(
    *, waiting: Sequence[Operation], running: Sequence[Operation], mine: Sequence[Operation], slash: str
) -> dict[str, Json]:
    """Draw the three lists; each may be empty."""
    return {
        "type": "home",
        "blocks": [
            *_section("Needs you", waiting, "Nothing waits for your approval."),
            *_section("Now", running, "Nothing is running."),
            *_section("Yours", mine, f"Nothing yet. Type {slash} in a channel to begin."),
        ],
    }


def _section(title: str, operations: Sequence[Operation], nothing: str) -> list[Block]:
    if not operations:
        return [blocks.headline(title), blocks.paragraph(rich.text(nothing))]
    return [blocks.headline(title), *(block for operation in operations[:SHOWN] for block in _line(operation))]


def _line(operation: Operation) -> list[Block]:
    said = [rich.glue(f"{tone.STATES[operation.state].emoji} "), rich.bold(headline(operation)), rich.glue(" · ")]
    return [
        blocks.paragraph(*said, *people.by_whom(operation)),
        blocks.actions(blocks.button("Details", "details", operation.id)),
    ]
