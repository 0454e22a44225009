"""Words → a command and its validated arguments, by the declaration in bot/spec.py alone."""

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.engine.line import join, words
from bot.engine.registry import Registry
from bot.errors import BadArguments
from bot.spec import EVERYTHING, AnyCommand, Args, Change, Filter, Query

HELP = frozenset({"--help", "-h"})

M = TypeVar("M", bound=Args)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A line that was understood."""

    command: AnyCommand
    args: Args
    reason: str = ""
    """Of a change: why, in the asker's words."""
    line: str = ""
    """The words again, normalised."""
    options: Filter = EVERYTHING
    """Of a query: what of its answer is shown, and how."""


@dataclass(frozen=True, slots=True)
class HelpWanted:
    """`help`, `help scale`, `scale --help` or nothing at all: *command* None means the overview."""

    command: AnyCommand | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One field of Args, as the command line sees it."""

    name: str
    info: FieldInfo

    @property
    def meta(self) -> dict[str, str]:
        """What `positional` or `flag` declared."""
        extra = self.info.json_schema_extra
        return {key: str(value) for key, value in extra.items()} if isinstance(extra, dict) else {}

    @property
    def is_positional(self) -> bool:
        """Told by its place, not by a name."""
        return self.meta.get("place") == "positional"

    @property
    def long(self) -> str:
        """`--to-revision`."""
        return "--" + self.name.rstrip("_").replace("_", "-")

    @property
    def short(self) -> str:
        """`-n`, or empty."""
        return "-" + self.meta["short"] if self.meta.get("short") else ""

    @property
    def is_hidden(self) -> bool:
        """Understood, but offered nowhere."""
        return bool(self.meta.get("hidden"))

    @property
    def ends_flags(self) -> bool:
        """Stands behind `--`: whatever comes there is its own."""
        return self.meta.get("metavar", "").startswith("--")

    @property
    def types(self) -> tuple[Any, ...]:
        """The types that its value may have."""
        return _plain_types(self.info.annotation)

    @property
    def is_switch(self) -> bool:
        """Takes no value."""
        return bool in self.types

    @property
    def is_many(self) -> bool:
        """Collects several values."""
        return get_origin(self.info.annotation) is tuple

    @property
    def label(self) -> str:
        """How it is named in a sentence: `NAME` or `--replicas`."""
        return self.metavar if self.is_positional else self.long

    @property
    def metavar(self) -> str:
        """The placeholder for its value: `NAME`, `N`."""
        return self.meta.get("metavar") or self.name.rstrip("_").upper().replace("_", "-")

    @property
    def usage(self) -> str:
        """Its part of the usage line: `NAME`, `[--to-revision N]`."""
        if self.is_positional:
            text = self.metavar + ("…" if self.is_many else "")
        else:
            text = self.long if self.is_switch else f"{self.long} {self.metavar}"
        return text if self.info.is_required() else f"[{text}]"


def _plain_types(annotation: Any) -> tuple[Any, ...]:
    """`bool | None` → (bool, None): the alternatives of a union, or the type itself."""
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def parameters(args: type[Args]) -> list[Parameter]:
    """The fields of *args* in the order of their declaration."""
    return [Parameter(name, info) for name, info in args.model_fields.items()]


def options(command: AnyCommand) -> list[Parameter]:
    """What goes with *command* because it is a query, but for what it takes itself under that name."""
    if not isinstance(command, Query):
        return []
    own = command.args.model_fields
    return [parameter for parameter in parameters(command.options) if parameter.name not in own]


def all_parameters(command: AnyCommand) -> list[Parameter]:
    """Its own, then its options."""
    return [*parameters(command.args), *options(command)]


def usage(command: AnyCommand) -> str:
    """`scale NAME --replicas N [--namespace NAMESPACE] [--reason TEXT]`."""
    offered = [parameter for parameter in parameters(command.args) if not parameter.is_hidden]
    parts = [parameter.usage for parameter in offered if not parameter.ends_flags]
    reason = ["[--reason TEXT]"] if isinstance(command, Change) else []
    return " ".join([command.name, *parts, *reason, *(one.usage for one in offered if one.ends_flags)])


def parse(text: str, registry: Registry) -> Parsed | HelpWanted:
    """Understand a line. Raises NotFound (no such command) and BadArguments, both with what to type instead."""
    split = words(text)
    if not split or split[0] in HELP | {"help"}:
        return HelpWanted(registry.find(split[1:])[0] if split[1:] else None)
    command, rest = registry.find(split)
    if HELP & set(_before_terminator(rest)):
        return HelpWanted(command)
    draft = Draft(command, line=join(split))
    draft.read(rest)
    return Parsed(
        command=command, args=draft.validated(), reason=draft.reason, line=draft.line, options=draft.options()
    )


def begun(line: str, registry: Registry) -> "Draft":
    """What can be understood of an unfinished line. Raises NotFound (no such command), BadArguments (no words)."""
    command, rest = registry.find(words(line))
    draft = Draft(command)
    with contextlib.suppress(BadArguments):
        draft.read(rest)
    return draft


def _before_terminator(rest: list[str]) -> list[str]:
    return rest[: rest.index("--")] if "--" in rest else rest


@dataclass
class Draft:
    """Words sorted into fields, on the way to validated Args."""

    command: AnyCommand
    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    line: str = ""

    def read(self, rest: list[str]) -> None:
        """Sort *rest* into `values`, kubectl's way: flags anywhere, `--` ends them."""
        loose: list[str] = []
        try:
            self._sort(iter(rest), loose)
        finally:  # also of a line with a wrong flag: a form offers again what was right
            self._place(loose)

    def _sort(self, queue: Iterator[str], loose: list[str]) -> None:
        verbatim_from = _verbatim_from(self.command)
        for word in queue:
            if word == "--":
                loose.extend(queue)
            elif loose and len(loose) > verbatim_from:
                loose.extend([word, *queue])
            elif word.startswith("-") and len(word) > 1 and not _is_number(word):
                self._flag(word, queue)
            else:
                loose.append(word)

    def _flag(self, word: str, queue: Iterator[str]) -> None:
        name, equals, attached = word.partition("=")
        if name == "--reason" and isinstance(self.command, Change):
            self.reason = attached if equals else self._value(name, queue)
            return
        parameter = self._named(name)
        if parameter.is_switch:
            self._put(parameter, attached if equals else True)
        else:
            self._put(parameter, attached if equals else self._value(name, queue))

    def _named(self, name: str) -> Parameter:
        flags = [parameter for parameter in all_parameters(self.command) if not parameter.is_positional]
        for parameter in flags:
            if name in (parameter.long, parameter.short):
                return parameter
        offered = [parameter.long for parameter in flags if not parameter.is_hidden]
        known = offered + (["--reason"] if isinstance(self.command, Change) else [])
        more = f"It takes {', '.join(known)}." if known else "It takes no flags."
        raise self._bad(f"`{self.command.name}` has no flag {name}", more)

    def _value(self, name: str, queue: Iterator[str]) -> str:
        value = next(queue, None)
        if value is None:
            raise self._bad(f"{name} needs a value")
        return value

    def _put(self, parameter: Parameter, value: Any) -> None:
        if parameter.is_many:
            self.values[parameter.name] = (*self.values.get(parameter.name, ()), value)
        elif parameter.name in self.values:
            raise self._bad(f"{parameter.label} is given twice")
        else:
            self.values[parameter.name] = value

    def _place(self, loose: list[str]) -> None:
        rest = list(loose)
        for parameter in parameters(self.command.args):
            if parameter.is_positional and rest:
                self.values[parameter.name] = tuple(rest) if parameter.is_many else rest[0]
                rest = [] if parameter.is_many else rest[1:]
        if rest:
            raise self._bad(f"`{rest[0]}` is one word too many")

    def validated(self) -> Args:
        """The declared Args. Raises BadArguments with the first thing that does not fit."""
        args: Args = self._valid(self.command.args, self._own())
        return args

    def options(self) -> Filter:
        """The options that go with a query. Raises BadArguments."""
        return self._valid(*self._optional())

    def faults(self) -> dict[str, str]:
        """Field → what is wrong with it; what is wrong with several together stands under ""."""
        return {**self._faults_in(self.command.args, self._own()), **self._faults_in(*self._optional())}

    def _faults_in(self, model: type[Args], values: dict[str, Any]) -> dict[str, str]:
        try:
            model.model_validate(values)
        except ValidationError as error:
            return {str(fault["loc"][0]) if fault["loc"] else "": self._sentence(fault) for fault in _faults(error)}
        return {}

    def _own(self) -> dict[str, Any]:
        """The values of the command's own arguments."""
        own = self.command.args.model_fields
        return {name: value for name, value in self.values.items() if name in own}

    def _optional(self) -> tuple[type[Filter], dict[str, Any]]:
        """The options that the command knows, and the values given for them."""
        known = self.command.options if isinstance(self.command, Query) else Filter
        own = self._own()
        return known, {name: value for name, value in self.values.items() if name not in own}

    def _valid(self, model: type[M], values: dict[str, Any]) -> M:
        try:
            valid: M = model.model_validate(values)
        except ValidationError as error:
            raise self._bad(self._sentence(_faults(error)[0])) from None
        return valid

    def _sentence(self, fault: ErrorDetails) -> str:
        named = {parameter.name: parameter for parameter in all_parameters(self.command)}
        parameter = named.get(str(fault["loc"][0])) if fault["loc"] else None
        label = parameter.label if parameter else "the arguments"
        given, limits = str(fault["input"])[:80], fault.get("ctx", {})
        match fault["type"]:
            case "missing":
                return f"{label} is missing"
            case "int_parsing" | "int_type" | "int_from_float":
                return f"{label} takes a whole number, not “{given}”"
            case "greater_than_equal":
                return f"{label} must be at least {limits['ge']}, not {given}"
            case "less_than_equal":
                return f"{label} must be at most {limits['le']}, not {given}"
            case "literal_error" | "enum":
                return f"{label} takes {limits['expected']}, not “{given}”"
            case "value_error":
                return str(limits["error"]).rstrip(".")
            case _:
                return f"{label} does not take “{given}”"

    def _bad(self, sentence: str, more: str = "") -> BadArguments:
        hint = f"{more} `{usage(self.command)}`".strip()
        return BadArguments(f"{sentence}. Nothing was done.", hint=hint, unfinished=self.line)


def _faults(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_context=True)


def _verbatim_from(command: AnyCommand) -> float:
    """The place from whose first word on everything is taken as it is; infinite where there is none."""
    places = [parameter for parameter in parameters(command.args) if parameter.is_positional]
    return next((place for place, parameter in enumerate(places) if parameter.meta.get("verbatim")), math.inf)


def _is_number(word: str) -> bool:
    """`-3` is a value, not a flag."""
    return word[1:].replace(".", "", 1).isdigit()
