"""Sifting: of an answer what its asker wants to see of it, in the form he wants it; the same for every query. Pure."""

import csv
import io
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from msgspec import structs

from bot.errors import BadArguments
from bot.model.chart import Chart
from bot.model.counting import counted
from bot.model.pattern import Pattern
from bot.model.reply import Code, Facts, Part, Reply, Shows, Table, Text
from bot.spec import Filter, Listing, Paged

FORMULA = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet would run."""

FIRST_ROWS = 20
"""Of a list on a card that is edited again and again: it has no pages."""

T = TypeVar("T")


def sifted(reply: Reply, options: Filter) -> Reply:
    """*reply* as *options* want it. Raises BadArguments where it has nothing to write in that form."""
    found = _matching(reply, Pattern(options.grep)) if options.grep else reply
    if isinstance(options, Paged):
        found = _with_parts(found, lambda part: [_turned(part, options.page)])
    if not isinstance(options, Listing):
        return found
    if options.output in ("", "wide"):
        return _with_parts(found, lambda part: [_narrowed(part, options)])
    return _written(found, options.output)


def first_rows(reply: Reply) -> Reply:
    """As much of a list as one message holds."""
    return _with_parts(reply, _first_rows)


def _with_parts(reply: Reply, change: Callable[[Part], Sequence[Part]]) -> Reply:
    return structs.replace(reply, parts=tuple(new for part in reply.parts for new in change(part)))


@dataclass
class _Count:
    """How many rows and lines there were, and how many of them match."""

    seen: int = 0
    found: int = 0

    def keep(self, things: Sequence[T], matches: Callable[[T], bool]) -> list[int]:
        """The places of those that match, counted."""
        places = [place for place, thing in enumerate(things) if matches(thing)]
        self.seen += len(things)
        self.found += len(places)
        return places


def _matching(reply: Reply, pattern: Pattern) -> Reply:
    count = _Count()
    parts = [kept for part in reply.parts if (kept := _part_matching(part, pattern, count)) is not None]
    word = "row" if all(isinstance(part, Table | Chart) for part in reply.parts) else "line"
    told = f"{count.found} of {counted(count.seen, word)} with “{pattern.source}”"
    return structs.replace(reply, headline=f"{reply.headline} · {told}", parts=tuple(parts))


def _part_matching(part: Part, pattern: Pattern, count: _Count) -> Part | None:
    """What of *part* matches; None when nothing does."""
    match part:
        case Table():
            return _rows(part, count.keep(part.rows, lambda row: pattern.is_in("  ".join(row))))
        case Code():
            lines = part.text.split("\n")
            kept = count.keep(lines, pattern.is_in)
            return structs.replace(part, text="\n".join(lines[place] for place in kept)) if kept else None
        case Chart():
            rows = tuple(row for row in part.rows if pattern.is_in(row.label))
            return structs.replace(part, rows=rows) if rows else None
        case Facts():
            kept = count.keep(part.facts, lambda fact: pattern.is_in(f"{fact.label}  {fact.text}"))
            return Facts(tuple(part.facts[place] for place in kept)) if kept else None
        case _:
            return part


def _rows(table: Table, places: Sequence[int]) -> Table | None:
    """*table* with only the rows at *places*."""

    def at(things: Sequence[T]) -> tuple[T, ...]:
        return tuple(things[place] for place in places) if things else ()

    if not places:
        return None
    rows, buttons, names = at(table.rows), at(table.row_buttons), at(table.names)
    return structs.replace(table, rows=rows, row_buttons=buttons, names=names)


def _turned(part: Part, page: int) -> Part:
    return structs.replace(part, page=page) if isinstance(part, Table) else part


def _narrowed(part: Part, options: Listing) -> Part:
    if not isinstance(part, Table):
        return part
    return _without(part, part.wide if options.output != "wide" else ())


def _without(table: Table, hidden: Collection[int]) -> Table:
    def shown(cells: Sequence[str]) -> tuple[str, ...]:
        return tuple(cell for place, cell in enumerate(cells) if place not in hidden)

    rows = tuple(map(shown, table.rows))
    return structs.replace(table, columns=shown(table.columns), rows=rows, wide=(), drawn=())


def _first_rows(part: Part) -> list[Part]:
    if not isinstance(part, Table) or len(part.rows) <= FIRST_ROWS:
        return [part]
    more = Text(f"and {len(part.rows) - FIRST_ROWS} more; `--grep` or a selector (`-l`) narrows it down")
    return [structs.replace(part, rows=part.rows[:FIRST_ROWS], row_buttons=part.row_buttons[:FIRST_ROWS]), more]


def _written(reply: Reply, output: str) -> Reply:
    """The tables of *reply* as text for a program; what else it says stays."""
    tables = [part for part in reply.parts if isinstance(part, Table)]
    if not tables and reply.parts:
        raise BadArguments(f"This answer has no rows to write as {output}.", hint="Ask without -o.")
    return _with_parts(reply, lambda part: _as_text(part, output))


def _as_text(part: Part, output: str) -> list[Part]:
    match part:
        case Table():
            return [_as_code(_without(part, part.drawn), output)]
        case Chart():
            return []
        case _:
            return [part]


def _as_code(table: Table, output: str) -> Code:
    write, ending = _WRITERS[output]
    stem = table.file_name.rpartition(".")[0]
    return Code(write(table).rstrip("\n"), file_name=f"{stem}.{ending}", shows=Shows.BEGINNING)


def _names(table: Table) -> str:
    return "\n".join(table.names or [row[0] for row in table.rows])


def _records(table: Table) -> list[dict[str, str]]:
    titles = [title.lower() or f"column {place}" for place, title in enumerate(table.columns, start=1)]
    return [dict(zip(_distinct(titles), row, strict=True)) for row in table.rows]


def _distinct(titles: Sequence[str]) -> list[str]:
    """*titles*, the second of a kind with the number of its column."""
    return [title if title not in titles[:place] else f"{title} {place + 1}" for place, title in enumerate(titles)]


def _json(table: Table) -> str:
    return json.dumps(_records(table), indent=2, ensure_ascii=False)


def _yaml(table: Table) -> str:
    """Written by hand, for PyYAML takes seconds over thousands of rows; a JSON string is a YAML string too."""
    return "\n".join(
        f"{'  ' if place else '- '}{_quoted(title)}: {_quoted(cell)}"
        for record in _records(table)
        for place, (title, cell) in enumerate(record.items())
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _csv(table: Table) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([_harmless(cell) for cell in row] for row in _whole(table))
    return written.getvalue()


def _whole(table: Table) -> tuple[tuple[str, ...], ...]:
    return (table.columns, *table.rows)


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and never runs, as OWASP advises."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


_WRITERS: dict[str, tuple[Callable[[Table], str], str]] = {
    "name": (_names, "txt"),
    "json": (_json, "json"),
    "yaml": (_yaml, "yaml"),
    "csv": (_csv, "csv"),
}
