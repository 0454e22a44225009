"""Sets of fields, as managedFields records them: flat paths here, nested FieldsV1 on the object."""

from collections.abc import Iterable
from typing import Any

import orjson

from playground.cluster.kobject import Object
from playground.cluster.objects.listkeys import apply_keys, is_set

FieldPath = tuple[str, ...]
"""Steps as FieldsV1 spells them: f:name, k:{"name":"app"}, v:"value"."""
_SERVER_OWNED = {
    "managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "name", "namespace", "selfLink",
    "deletionTimestamp", "deletionGracePeriodSeconds",
}  # fmt: skip
_ITEM = object()
"""The value of a list item as such; its fields have paths of their own."""


def flatten(obj: Object) -> dict[FieldPath, Any]:
    """Map each owned field of an object to its value."""
    found: dict[FieldPath, Any] = {}
    for name, value in obj.items():
        if name == "metadata":
            value = {inner: kept for inner, kept in value.items() if inner not in _SERVER_OWNED}
        if name not in {"apiVersion", "kind"} and value not in ({}, None):
            _walk(value, (name,), (f"f:{name}",), found)
    return found


def _walk(value: Any, names: tuple[str, ...], path: FieldPath, found: dict[FieldPath, Any]) -> None:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            _walk(inner, (*names, name), (*path, f"f:{name}"), found)
    elif isinstance(value, list) and value and (keys := apply_keys(names)):
        for item in value:
            at = (*path, item_step(item, keys))
            found[at] = _ITEM
            for name, inner in item.items():
                _walk(inner, (*names, name), (*at, f"f:{name}"), found)
    elif isinstance(value, list) and is_set(names):
        for item in value:
            found[(*path, f"v:{orjson.dumps(item).decode()}")] = item
    else:
        found[path] = value


def item_step(item: Object, keys: tuple[str, ...]) -> str:
    chosen = {key: item.get(key, "TCP" if key == "protocol" else None) for key in keys}
    return f"k:{orjson.dumps(chosen).decode()}"


def to_fields_v1(paths: Iterable[FieldPath]) -> Object:
    root: Object = {}
    for path in sorted(paths):
        at = root
        for step in path:
            at = at.setdefault(step, {})
        if path[-1].startswith("k:"):
            at["."] = {}
    return root


def from_fields_v1(fields: Object) -> set[FieldPath]:
    paths: set[FieldPath] = set()

    def walk(at: Object, path: FieldPath) -> None:
        inner = {step: value for step, value in at.items() if step != "."}
        if "." in at or not inner:
            paths.add(path)
        for step, value in inner.items():
            walk(value, (*path, step))

    for step, value in fields.items():
        walk(value, (step,))
    return paths


def shown(path: FieldPath) -> str:
    """Spell a path as conflict messages do: .spec.containers[name="app"].image."""
    text = ""
    for step in path:
        kind, _, rest = step.partition(":")
        if kind == "f":
            text += f".{rest}"
        elif kind == "k":
            keys = orjson.loads(rest)
            text += f"[{','.join(f'{key}={orjson.dumps(value).decode()}' for key, value in sorted(keys.items()))}]"
        else:
            text += f"[={rest}]"
    return text
