"""Slack's own table block: for tables too wide for a monospaced text, which would wrap; it scrolls sideways instead."""

from collections.abc import Sequence

from bot.render.blocks import Block
from bot.render.escape import both_ends
from bot.render.limits import CELL_CHARACTERS

EMPTY = "–"
"""A cell must not be empty."""


def native_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    """Header and rows as raw text, which nothing parses."""
    return {
        "type": "table",
        "rows": [
            [{"type": "raw_text", "text": both_ends(cell, CELL_CHARACTERS) or EMPTY} for cell in row]
            for row in (columns, *rows)
        ],
    }
