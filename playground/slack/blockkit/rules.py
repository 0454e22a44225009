"""The small language in which blocks are described: each rule yields what is wrong, worded as Slack words it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Rule = Callable[[Any, str], Iterator[Problem]]


def anything(_value: Any, _pointer: str) -> Iterator[Problem]:
    """Accept every value."""
    return iter(())


def boolean(value: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(pointer, "must provide a boolean")


def number(value: Any, pointer: str) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Problem(pointer, "must provide a number")


def integer(least: int | None = None, most: int | None = None) -> Rule:
    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem(pointer, "must provide an integer")
        elif least is not None and value < least:
            yield Problem(pointer, f"must be at least {least}")
        elif most is not None and value > most:
            yield Problem(pointer, f"must be at most {most}")

    return check


def string(most: int | None = None, *, least: int = 0) -> Rule:
    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(pointer, "must provide a string")
        elif len(value) < least:
            yield Problem(pointer, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            yield Problem(pointer, f"must be less than {most + 1} characters")

    return check


def choice(*values: str) -> Rule:
    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if value not in values:
            yield Problem(pointer, f"must be one of: {', '.join(values)}")

    return check


def items(rule: Rule, most: int | None = None, *, least: int = 1) -> Rule:
    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(pointer, "must provide an array")
            return
        if len(value) < least:
            yield Problem(pointer, f"no fewer than {least} items allowed")
        if most is not None and len(value) > most:
            yield Problem(pointer, f"no more than {most} items allowed")
        for index, item in enumerate(value):
            yield from rule(item, f"{pointer}/{index}")

    return check


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these properties and no others (type is always allowed)."""
    known = {"type": anything, **(optional or {}), **required}

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(pointer, "must provide an object")
            return
        for name in required:
            if value.get(name) is None:
                yield Problem(pointer, f"missing required field: {name}")
        for name, part in value.items():
            if name not in known:
                yield Problem(pointer, f"invalid additional property: {name}")
            elif part is not None:
                yield from known[name](part, f"{pointer}/{name}")

    return check


def any_of(*names: str) -> Rule:
    """At least one of these properties is there."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if isinstance(value, dict) and not any(value.get(name) for name in names):
            yield Problem(pointer, f"missing required field: {' or '.join(names)}")

    return check


def both(*rules: Rule) -> Rule:
    def check(value: Any, pointer: str) -> Iterator[Problem]:
        for rule in rules:
            yield from rule(value, pointer)

    return check


def either(first: Rule, second: Rule) -> Rule:
    """Satisfied by one of two; what is said is about the first."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if any(second(value, pointer)):
            yield from first(value, pointer)

    return check


def or_null(rule: Rule) -> Rule:
    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if value is not None:
            yield from rule(value, pointer)

    return check


def by_type(table: Mapping[str, Rule], *, word: str = "element") -> Rule:
    """An object judged by its type."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(pointer, "must provide an object")
        elif value.get("type") is None:
            yield Problem(pointer, "missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in table:
            yield Problem(pointer, f"unsupported {word}: {value['type']}")
        else:
            yield from table[value["type"]](value, pointer)

    return check


def plain(most: int, *, least: int = 1) -> Rule:
    """A plain_text object."""
    return _text(most, least, ("plain_text",))


def text(most: int, *, least: int = 1) -> Rule:
    """A plain_text or mrkdwn object."""
    return _text(most, least, ("plain_text", "mrkdwn"))


def _text(most: int, least: int, kinds: tuple[str, ...]) -> Rule:
    body = string(most, least=least)
    shapes = {
        "plain_text": shape({"text": body}, {"emoji": boolean}),
        "mrkdwn": shape({"text": body}, {"verbatim": boolean}),
    }
    return by_type({kind: shapes[kind] for kind in kinds}, word="type")
