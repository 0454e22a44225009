"""Builds meta.k8s.io/v1 Tables from a kind's columns."""

from datetime import datetime

from playground.cluster.kobject import Object, partial_metadata
from playground.cluster.resources import Resource
from playground.cluster.tables.column import AGE, NAME, Column, custom_column
from playground.cluster.tables.kinds import COLUMNS


def table(resource: Resource, items: list[Object], metadata: Object, include: str, now: datetime) -> Object:
    columns = columns_of(resource)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": [column.definition() for column in columns],
        "rows": [
            {"cells": [column.cell(item, now) for column in columns], "object": _object(item, include)}
            for item in items
        ],
    }


def columns_of(resource: Resource) -> tuple[Column, ...]:
    if resource.custom:
        return (NAME, *(custom_column(entry) for entry in resource.printer_columns), AGE)
    return COLUMNS.get((resource.group, resource.kind), (NAME, AGE))


def _object(item: Object, include: str) -> Object | None:
    match include:
        case "None":
            return None
        case "Object":
            return item
        case _:
            return partial_metadata(item)
