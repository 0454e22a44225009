"""One object or list in each representation: as it is, as kubectl's Table, or as metadata alone."""

from collections.abc import Mapping
from datetime import datetime

from playground.cluster.api.respond import Representation
from playground.cluster.kobject import Object, partial_metadata
from playground.cluster.resources import Resource
from playground.cluster.tables import table


def one(resource: Resource, obj: Object, form: Representation, query: Mapping[str, str], now: datetime) -> Object:
    match form:
        case "object":
            return obj
        case "metadata":
            return partial_metadata(obj)
        case "table":
            version = obj["metadata"].get("resourceVersion", "")
            return table(resource, [obj], {"resourceVersion": version}, query.get("includeObject", ""), now)


def many(
    resource: Resource,
    items: list[Object],
    metadata: Object,
    form: Representation,
    query: Mapping[str, str],
    now: datetime,
) -> Object:
    match form:
        case "object":
            kind, version, shown = (
                f"{resource.kind}List",
                resource.api_version,
                items if resource.custom else _bare(items),
            )
        case "metadata":
            kind, version = "PartialObjectMetadataList", "meta.k8s.io/v1"
            shown = [partial_metadata(item) for item in items]
        case "table":
            return table(resource, items, metadata, query.get("includeObject", ""), now)
    return {"kind": kind, "apiVersion": version, "metadata": metadata, "items": shown}


def _bare(items: list[Object]) -> list[Object]:
    """Items of a list of built-in kinds come without apiVersion and kind, as from a real server."""
    return [{name: value for name, value in item.items() if name not in {"apiVersion", "kind"}} for item in items]
