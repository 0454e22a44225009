"""Rows under kubectl's columns: sorted, the unhealthy first, summed up in the headline."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from bot.commands.look.columns.column import Column, View
from bot.errors import BadArguments
from bot.model.counting import counted
from bot.model.kube.configuration import Secret
from bot.model.plan import Json
from bot.model.reply import Reply, Table, Tone
from bot.model.resources import Resource

_PATH_PART = re.compile(r"([A-Za-z0-9_-]+)|\[(\d+)\]")


def listing(
    view: View[Any],
    items: Sequence[Any],
    now: datetime,
    *,
    columns: Sequence[Column[Any]],
    where: str,
    matching: Sequence[str] = (),
) -> Reply:
    """The table of *items* in their order; where there are none, what they had to match."""
    total = counted(len(items), view.resource.singular, view.resource.plural)
    states = Counter(state for item in items if (state := view.state(item)))
    summed = ", ".join(f"{count} {state}" for state, count in states.most_common(6))
    headline = f"{total} in {where}" if where else total
    if not items:
        return none_of(view.resource.plural, where, matching)
    table = Table(
        columns=tuple(column.title for column in columns),
        rows=tuple(tuple(column.cell(item, now) for column in columns) for item in items),
        row_buttons=tuple(view.buttons(item) for item in items),
        file_name=f"{view.resource.plural}.txt",
        wide=tuple(place for place, column in enumerate(columns) if column.wide),
        names=tuple(f"{_typed(view.resource)}/{item.metadata.name}" for item in items),
    )
    unhealthy = any(view.is_unhealthy(item) for item in items)
    return Reply(
        headline=f"{headline}: {summed}" if summed else headline,
        parts=(table,),
        tone=Tone.WARNING if unhealthy and view.state(items[0]) else Tone.PLAIN,
    )


def none_of(plural: str, where: str, matching: Sequence[str] = ()) -> Reply:
    """Say that nothing is there, or nothing that matches the flags: a place is not called empty for those."""
    flags = ["match", *matching] if matching else []
    return Reply(" ".join(["No", plural, *(["in", where] if where else []), *flags]))


def selected_by(selector: str) -> list[str]:
    """The flag that gave *selector*, where one was given."""
    return [f"-l {selector}"] if selector else []


def _typed(resource: Resource) -> str:
    """`pod`, `deployment.apps`: as kubectl's -o name says it."""
    return f"{resource.singular}.{resource.group}".rstrip(".")


def unhealthy_first(view: View[Any], items: Sequence[Any]) -> list[Any]:
    """The unhealthy before the others, each by namespace and name."""
    return sorted(items, key=lambda item: (not view.is_unhealthy(item), item.metadata.namespace, item.metadata.name))


def sorted_by(path: str, items: Sequence[Any]) -> list[Any]:
    """Items by the value at a kubectl JSONPath such as `.metadata.creationTimestamp`; those without it come first.

    Raises BadArguments when none has it, as kubectl does.
    """
    inner = path.strip().strip("{}").lstrip("$")
    parts = [found.group(1) or int(found.group(2)) for found in _PATH_PART.finditer(inner)]
    values = [_value(_comparable(item), parts) for item in items]
    if items and all(value is None for value in values):
        raise BadArguments(
            f"No object has a field “{path[:80]}” to sort by. Nothing was done.",
            hint="For example `--sort-by .metadata.creationTimestamp`.",
        )
    ranked = sorted(zip(values, range(len(items)), strict=True), key=lambda pair: (_rank(pair[0]), pair[1]))
    return [items[place] for _, place in ranked]


def _comparable(item: Any) -> dict[str, Json]:
    """The object as the API has it, of a Secret without its values: their order would tell them, guess by guess."""
    fields: dict[str, Json] = msgspec.to_builtins(item)
    return {name: value for name, value in fields.items() if name != "data"} if isinstance(item, Secret) else fields


def _value(at: Json, parts: Sequence[str | int]) -> Json:
    for part in parts:
        match at, part:
            case dict(), str():
                at = at.get(part)
            case ((list() | tuple()), int()) if part < len(at):
                at = at[part]
            case _:
                return None
    return at


def _rank(value: Json) -> tuple[int, float, str]:
    """Absent, then numbers by size, then the rest as text."""
    if value is None:
        return (0, 0.0, "")
    if isinstance(value, bool | int | float):
        return (1, float(value), "")
    return (2, 0.0, str(value))
