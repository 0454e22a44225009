"""Label and field selectors, as requests and objects state them."""

import re
from collections.abc import Callable
from typing import Any

from playground.cluster.errors import bad_request
from playground.cluster.kobject import Object, labels_of

Predicate = Callable[[Object], bool]
_TERM = re.compile(
    r"\s*(?:(?P<absent>!\s*)?(?P<key>[A-Za-z0-9./_-]+)"
    r"\s*(?:(?P<op>==|=|!=|>|<)\s*(?P<value>[A-Za-z0-9._-]*)|(?P<set>in|notin)\s*\((?P<values>[^)]*)\))?)\s*"
)
Requirement = tuple[str, str, tuple[str, ...]]


def parse_label_selector(text: str) -> list[Requirement]:
    """Read `a=b,c in (d,e),!f` (raises 400)."""
    requirements: list[Requirement] = []
    position = 0
    while position < len(text):
        term = _TERM.match(text, position)
        if term is None or (term.end() < len(text) and text[term.end()] != ","):
            raise bad_request(f"unable to parse requirement: found '{text[position:]}', expected: identifier")
        requirements.append(_requirement(term))
        position = term.end() + 1
    return requirements


def _requirement(term: re.Match[str]) -> Requirement:
    key, op, value = term["key"], term["op"], term["value"]
    if term["set"]:
        values = tuple(part.strip() for part in term["values"].split(","))
        return key, {"in": "In", "notin": "NotIn"}[term["set"]], values
    if term["absent"]:
        return key, "DoesNotExist", ()
    if op is None:
        return key, "Exists", ()
    return key, {"=": "In", "==": "In", "!=": "NotIn", ">": "Gt", "<": "Lt"}[op], (value,)


def meets(labels: dict[str, str], requirements: list[Requirement]) -> bool:
    return all(_meets_one(labels, *requirement) for requirement in requirements)


def _meets_one(labels: dict[str, str], key: str, op: str, values: tuple[str, ...]) -> bool:
    match op:
        case "In":
            return labels.get(key) in values if key in labels else False
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case "Gt" | "Lt":
            try:
                have, want = int(labels[key]), int(values[0])
            except (KeyError, ValueError):
                return False
            return have > want if op == "Gt" else have < want
    return False


def from_object(selector: dict[str, Any] | None) -> list[Requirement]:
    """Read a LabelSelector (matchLabels, matchExpressions)."""
    selector = selector or {}
    requirements: list[Requirement] = [
        (key, "In", (value,)) for key, value in (selector.get("matchLabels") or {}).items()
    ]
    for expression in selector.get("matchExpressions") or ():
        requirements.append((expression["key"], expression["operator"], tuple(expression.get("values") or ())))
    return requirements


def selects(selector: dict[str, Any] | None, labels: dict[str, str]) -> bool:
    """Tell whether a LabelSelector matches; a missing one matches nothing, an empty one all."""
    return selector is not None and meets(labels, from_object(selector))


_COMMON = {"metadata.name", "metadata.namespace"}
_FIELDS: dict[str, set[str]] = {
    "Pod": {"spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
            "status.phase", "status.podIP", "status.nominatedNodeName"},
    "Event": {"involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
              "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
              "reportingComponent", "source", "type"},
    "Node": {"spec.unschedulable"},
    "Namespace": {"status.phase"},
    "Secret": {"type"},
    "Job": {"status.successful"},
    "ReplicaSet": {"status.replicas"},
}  # fmt: skip
"""The fields that a real server selects by; any other is 400."""


def parse_field_selector(text: str, kind: str) -> Predicate:
    """Read `a=b,c!=d` for objects of *kind* (raises 400 on a field that the kind does not offer)."""
    tests: list[tuple[list[str], bool, str]] = []
    for part in filter(None, text.split(",")):
        found = re.fullmatch(r"\s*([^=!]+?)\s*(!=|==|=)\s*(.*?)\s*", part)
        if found is None:
            raise bad_request(f"invalid selector: '{part}'; can't understand '{part}'")
        path, op, value = found.groups()
        if path not in _COMMON | _FIELDS.get(kind, set()):
            raise bad_request(f"field label not supported: {path}")
        tests.append((path.split("."), op != "!=", value))
    return lambda obj: all((_field(obj, path) == value) is wanted for path, wanted, value in tests)


def _field(obj: Object, path: list[str]) -> str:
    value: Any = obj
    if path == ["source"]:
        path = ["source", "component"]
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "false" if path[-1] in {"unschedulable", "hostNetwork"} else ""
    return str(value)


def predicate(label_selector: str, field_selector: str, kind: str) -> Predicate | None:
    """Combine both selectors of a request; None selects everything."""
    requirements = parse_label_selector(label_selector)
    fields = parse_field_selector(field_selector, kind) if field_selector else None
    if not requirements and fields is None:
        return None
    return lambda obj: meets(labels_of(obj), requirements) and (fields is None or fields(obj))
