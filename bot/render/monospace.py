"""Tables as kubectl prints them: columns padded with blanks, read in a monospaced font."""

import unicodedata
from collections.abc import Sequence

from bot.render.escape import inline
from bot.render.limits import CELL_CHARACTERS

GAP = "   "
"""Between columns, as kubectl's tabwriter."""


def monospace(columns: Sequence[str], rows: Sequence[Sequence[str]], *, cell_limit: int = CELL_CHARACTERS) -> str:
    """Header and rows with aligned columns; no blanks at line ends."""
    cells = [[inline(cell, cell_limit) for cell in row] for row in (columns, *rows)]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(columns))]
    return "\n".join(
        GAP.join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def filled(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Only the columns in which a row says something: a phone has room for few."""
    kept = [place for place in range(len(columns)) if any(row[place] for row in rows)] or range(len(columns))
    return [columns[place] for place in kept], [[row[place] for place in kept] for row in rows]


def whole_lines(text: str, room: int) -> str:
    """The first lines of *text* that fit: rows are shown whole or not at all."""
    if len(text) <= room:
        return text
    return text[: text.rfind("\n", 0, max(room, 1))] if "\n" in text[:room] else text[:room]


def _width(text: str) -> int:
    """Columns on a screen: wide signs (emoji, CJK) take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )
