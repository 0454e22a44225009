"""Whether an object fits its kind's fields: unknown ones, wrong types, missing ones, in the API server's words."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.cluster.errors import Cause
from playground.cluster.kobject import Object
from playground.cluster.objects.schema import Model, model, model_of
from playground.cluster.resources import Resource

_GO_TYPES = {"int": "int32", "bool": "bool", "str": "string"}
_QUANTITIES = {
    "requests",
    "limits",
    "capacity",
    "allocatable",
    "hard",
    "used",
    "default",
    "defaultRequest",
    "max",
    "min",
}
"""Maps whose values are quantities, for which the decoder takes numbers too."""
_INT64 = {
    "activeDeadlineSeconds",
    "terminationGracePeriodSeconds",
    "generation",
    "observedGeneration",
    "tolerationSeconds",
}


@dataclass
class Findings:
    """What one reading of an object found."""

    unknown: list[str] = field(default_factory=list)
    mistyped: str = ""
    missing: list[str] = field(default_factory=list)

    def causes(self) -> list[Cause]:
        return [Cause("FieldValueRequired", "Required value", path) for path in self.missing]


def check(resource: Resource, obj: Object) -> Findings:
    """Compare *obj* with its kind's fields; nothing is found for custom resources."""
    findings = Findings()
    kind = model_of(resource)
    if kind is not None:
        _struct(kind, obj, "", findings)
    return findings


def without_unknown(obj: Object, unknown: list[str]) -> Object:
    """Drop the unknown fields in place, as the decoder does, and return the object."""
    for path in unknown:
        at: Any = obj
        steps = list(_steps(path))
        for step in steps[:-1]:
            at = at[step]
        at.pop(steps[-1], None)
    return obj


def _steps(path: str) -> Iterator[str | int]:
    for part in path.split("."):
        name, *indices = part.split("[")
        yield name
        for index in indices:
            yield int(index.rstrip("]"))


def _struct(kind: Model, value: Object, path: str, findings: Findings) -> None:
    for name, inner in value.items():
        at = f"{path}.{name}" if path else name
        if name not in kind.types:
            findings.unknown.append(at)
        elif inner is not None:
            _value(kind.types[name], inner, at, kind, findings)
    for name in sorted(kind.required):
        if value.get(name) is None and not _empty_is_fine(kind, name):
            findings.missing.append(f"{path}.{name}" if path else name)


def _empty_is_fine(kind: Model, name: str) -> bool:
    return kind.types[name].startswith("dict") or (kind.name.endswith("Status") or "Condition" in kind.name)


def _value(kind: str, value: Any, path: str, owner: Model, findings: Findings) -> None:
    struct = model(kind)
    if kind.startswith("list[") and isinstance(value, list):
        for index, item in enumerate(value):
            _value(kind[5:-1], item, f"{path}[{index}]", owner, findings)
    elif kind.startswith("dict(") and isinstance(value, dict):
        inner = kind[5:-1].split(", ")[1]
        for name, item in value.items() if _last(path) not in _QUANTITIES else ():
            _value(inner, item, f"{path}.{name}", owner, findings)
    elif struct is not None and isinstance(value, dict):
        _struct(struct, value, path, findings)
    elif struct is not None or kind.startswith(("list[", "dict(")) or not _fits(kind, value, path):
        _mistyped(findings, value, path, owner, _go_type(kind, path))


def _last(path: str) -> str:
    return path.rsplit(".", 1)[-1]


def _go_type(kind: str, path: str) -> str:
    if kind.startswith("list["):
        return f"[]{kind[5:-1]}"
    if kind.startswith("dict("):
        return f"map[string]{kind[5:-1].split(', ')[1]}"
    return "int64" if kind == "int" and _last(path) in _INT64 else _GO_TYPES.get(kind, kind)


def _fits(kind: str, value: Any, path: str) -> bool:
    match kind:
        case "int":
            bits = 63 if _go_type(kind, path) == "int64" else 31
            return isinstance(value, int) and not isinstance(value, bool) and -(2**bits) <= value < 2**bits
        case "bool":
            return isinstance(value, bool)
        case "float":
            return isinstance(value, (int, float)) and math.isfinite(value)
        case "str":
            return isinstance(value, str) or (_is_quantity(path) and not isinstance(value, (dict, list)))
        case "datetime":
            return isinstance(value, str)
    return True


def _is_quantity(path: str) -> bool:
    return _last(path) in {"averageValue", "value", "sizeLimit", "divisor", "storage"}


def _mistyped(findings: Findings, value: Any, path: str, owner: Model, wanted: str) -> None:
    if findings.mistyped:
        return
    have = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}[type(value)]
    have = f"number {value}" if have == "number" and wanted.startswith("int") else have
    struct = owner.name.removeprefix("V1").removeprefix("V2")
    findings.mistyped = f"json: cannot unmarshal {have} into Go struct field {struct}.{path} of type {wanted}"
