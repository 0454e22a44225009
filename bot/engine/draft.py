"""Words sorted into the fields of a command, kubectl's way, and what is wrong with them in a person's words."""

import math
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.engine.line import join, words
from bot.engine.parameters import Parameter, all_parameters, parameters, usage
from bot.errors import BadArguments, Misspelt
from bot.spec import AnyCommand, Args, Change, Filter, Query

M = TypeVar("M", bound=Args)


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

    def asks_for(self, flags: Collection[str], rest: list[str]) -> bool:
        """Whether one of *flags* stands among the words that are the bot's own, and not a program's."""
        known = [one for one in all_parameters(self.command) if not one.is_switch]
        valued = {"--reason", *(one.long for one in known), *(one.short for one in known if one.short)}
        verbatim_from, loose = _verbatim_from(self.command), 0
        for before, word in pairwise(["", *rest]):
            if word == "--" or loose > verbatim_from:
                return False
            if word in flags:
                return True
            loose += not word.startswith("-") and before not in valued
        return False

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
        near = tuple(get_close_matches(name, known, n=2, cutoff=0.7))
        raise self._bad(f"`{self.command.name}` has no flag {name}", more, instead=self._mended(name, near))

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
            return {
                str(fault["loc"][0]) if fault["loc"] else "": self._sentence(fault, called=lambda one: one.title)
                for fault in _faults(error)
            }
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
            fault = _faults(error)[0]
            misspelt = fault.get("ctx", {}).get("error")
            mended = self._mended(misspelt.typed, misspelt.meant) if isinstance(misspelt, Misspelt) else ()
            raise self._bad(self._sentence(fault, called=lambda one: one.label), instead=mended) from None
        return valid

    def _sentence(self, fault: ErrorDetails, *, called: Callable[[Parameter], str]) -> str:
        named = {parameter.name: parameter for parameter in all_parameters(self.command)}
        parameter = named.get(str(fault["loc"][0])) if fault["loc"] else None
        label = called(parameter) if parameter else "the arguments"
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

    def _bad(self, sentence: str, more: str = "", instead: tuple[str, ...] = ()) -> BadArguments:
        hint = f"{more} `{usage(self.command)}`".strip()
        return BadArguments(f"{sentence}. Nothing was done.", hint=hint, suggestions=instead, unfinished=self.line)

    def _mended(self, typed: str, meant: Sequence[str]) -> tuple[str, ...]:
        """The line again with each of *meant* in the place of *typed*, where that begins a word."""
        begins = re.compile(f"{re.escape(typed)}(?=[/=]|$)")
        typed_words = words(self.line)
        place = next((place for place, word in enumerate(typed_words) if begins.match(word)), None)
        if place is None:
            return ()
        before, word, after = typed_words[:place], typed_words[place], typed_words[place + 1 :]
        return tuple(join([*before, one + word[len(typed) :], *after]) for one in meant)


def _faults(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_context=True)


def _verbatim_from(command: AnyCommand) -> float:
    """The place from whose first word on everything is taken as it is; infinite where there is none."""
    places = [parameter for parameter in parameters(command.args) if parameter.is_positional]
    return next((place for place, parameter in enumerate(places) if parameter.meta.get("verbatim")), math.inf)


def _is_number(word: str) -> bool:
    """`-3` is a value, not a flag."""
    return word[1:].replace(".", "", 1).isdigit()
