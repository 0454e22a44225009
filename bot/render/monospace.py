"""Tables in a monospaced font: as kubectl prints them, or, too wide for a phone, with some columns below their row."""

import textwrap
import unicodedata
from collections.abc import Iterable, Sequence

from bot.render.escape import both_ends
from bot.render.limits import CELL_CHARACTERS, MONOSPACE_COLUMNS

GAP = "   "
"""Between columns, as kubectl's tabwriter."""

INDENT = "  "
SEPARATOR = " · "
"""Between cells that share a line below their row."""


def aligned(columns: Sequence[str], rows: Sequence[Sequence[str]], *, cell_limit: int = CELL_CHARACTERS) -> list[str]:
    """Header and rows with aligned columns; no blanks at line ends."""
    return _padded(_cells(columns, rows, cell_limit))


def hanging(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Header and rows; columns that have no place beside the first follow below their row, each cell by its name.

    Only words wrap: a name that is longer than a line stays whole, so that it can be copied.
    """
    cells = _cells(columns, rows, CELL_CHARACTERS)
    beside = _beside(_widths(cells))
    below = [place for place in range(len(columns)) if place not in beside]
    header, *lines = _padded([[row[place] for place in beside] for row in cells])
    titles = cells[0]
    return [
        header,
        *(
            "\n".join([line, *_together(f"{titles[place]} {row[place]}" for place in below if row[place])])
            for line, row in zip(lines, cells[1:], strict=True)
        ),
    ]


def is_too_wide(lines: Sequence[str]) -> bool:
    """Whether a phone would wrap one of *lines*."""
    return any(_width(line) > MONOSPACE_COLUMNS for line in lines)


def filled(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Only the columns in which a row says something: a phone has room for few."""
    kept = [place for place in range(len(columns)) if any(row[place] for row in rows)] or range(len(columns))
    return [columns[place] for place in kept], [[row[place] for place in kept] for row in rows]


def whole_rows(rows: Sequence[str], room: int) -> str:
    """The first *rows* that fit, each shown whole or not at all; of a header that does not fit, its beginning."""
    text, *others = rows
    for row in others:
        if len(text) + len("\n") + len(row) > room:
            break
        text += "\n" + row
    return text[:room]


def _cells(columns: Sequence[str], rows: Sequence[Sequence[str]], limit: int) -> list[list[str]]:
    return [[both_ends(cell, limit) for cell in row] for row in (columns, *rows)]


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(_width, column)) for column in zip(*cells, strict=True)]


def _padded(cells: Sequence[Sequence[str]]) -> list[str]:
    widths = _widths(cells)
    return [
        GAP.join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _beside(widths: Sequence[int]) -> list[int]:
    """The first column, and each that a phone has room for beside it and those before."""
    places, used = [0], widths[0]
    for place, width in enumerate(widths[1:], start=1):
        if used + len(GAP) + width <= MONOSPACE_COLUMNS:
            places.append(place)
            used += len(GAP) + width
    return places


def _together(labelled: Iterable[str]) -> list[str]:
    """Cells below their row: short ones share a line, a long one has lines of its own."""
    lines: list[str] = []
    for cell in labelled:
        if lines and len(INDENT) + _width(both := lines[-1] + SEPARATOR + cell) <= MONOSPACE_COLUMNS:
            lines[-1] = both
        else:
            lines.append(cell)
    return list(map(_wrapped, lines))


def _wrapped(cell: str) -> str:
    """*cell* in lines that a phone has room for; a word that is longer stays behind the one before it."""
    first, *others = textwrap.wrap(
        cell,
        MONOSPACE_COLUMNS,
        initial_indent=INDENT,
        subsequent_indent=INDENT * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in others:
        first += " " + line.strip() if _width(line) > MONOSPACE_COLUMNS else "\n" + line
    return first


def _width(text: str) -> int:
    """Columns on a screen: wide signs (emoji, CJK) take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )
