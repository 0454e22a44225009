"""One column of a table, and those that nearly every kind has."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.cluster.kobject import Object
from playground.cluster.tables.durations import age

Cell = Callable[[Object, datetime], Any]


@dataclass(frozen=True)
class Column:
    """A column; those of priority 1 show only with -o wide."""

    name: str
    cell: Cell
    priority: int = 0
    type: str = "string"

    def definition(self) -> Object:
        format_ = "name" if self.name == "Name" else ""
        return {
            "name": self.name,
            "type": self.type,
            "format": format_,
            "description": self.name,
            "priority": self.priority,
        }


NAME = Column("Name", lambda obj, now: obj["metadata"]["name"])
AGE = Column("Age", lambda obj, now: age(obj["metadata"].get("creationTimestamp"), now))


def custom_column(entry: Object) -> Column:
    path = entry["jsonPath"].strip(".").split(".")

    def cell(obj: Object, now: datetime) -> Any:
        value: Any = obj
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return age(value, now) if entry["type"] == "date" and value else value

    return Column(entry["name"], cell, entry.get("priority", 0), entry["type"])
