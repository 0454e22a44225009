"""The fields of a filled-in form → the line that a person would have typed, and what is wrong with it."""

from collections.abc import Mapping
from typing import Any

from bot.engine.draft import Draft
from bot.engine.form_fields import REASON, asks_for_reason
from bot.engine.line import DASHES, join, mend, words
from bot.engine.parameters import Parameter, all_parameters
from bot.engine.parse import parse
from bot.engine.registry import Registry
from bot.errors import UserError
from bot.spec import AnyCommand


def compose(command: AnyCommand, fields: Mapping[str, str]) -> str:
    """The line of *command* with *fields*; empty ones are left out, foreign ones ignored."""
    filled = {name: mend(text).strip() for name, text in fields.items()}
    places, flags = [], []
    for parameter in all_parameters(command):
        text = filled.get(parameter.name, "")
        if text and parameter.is_positional:
            places += _words(parameter, text)
        elif text:
            flags += [parameter.long] if parameter.is_switch else _flagged(parameter, text)
    if asks_for_reason(command) and filled.get(REASON):
        flags.append(f"--reason={filled[REASON]}")
    ended = ["--"] if any(word.startswith(tuple(DASHES)) for word in places) else []
    return join([*command.name.split(), *flags, *ended, *places])


def _words(parameter: Parameter, text: str) -> list[str]:
    """Several choices come joined by commas; names have none. Words that are typed are split as those of a line."""
    if not parameter.is_many:
        return [text]
    return text.split(",") if parameter.meta.get("completes") else words(text)


def _flagged(parameter: Parameter, text: str) -> list[str]:
    return [f"{parameter.long}={word}" for word in _words(parameter, text)]


def faults(command: AnyCommand, fields: Mapping[str, str], registry: Registry) -> dict[str, str]:
    """Field → one sentence, as parsing the composed line would refuse it; "" for the line as a whole."""
    if found := _unreadable(command, fields):
        return found
    try:
        if found := Draft(command, _values(command, fields)).faults():
            return found
        parse(compose(command, fields), registry)
    except UserError as error:
        return {"": str(error)}
    return {}


def _unreadable(command: AnyCommand, fields: Mapping[str, str]) -> dict[str, str]:
    """Field → why its words cannot be told apart: a quote that is never closed."""
    found = {}
    for parameter in all_parameters(command):
        try:
            _value(parameter, fields.get(parameter.name, ""))
        except UserError as error:
            found[parameter.name] = str(error)
    return found


def _values(command: AnyCommand, fields: Mapping[str, str]) -> dict[str, Any]:
    given = {parameter: mend(fields.get(parameter.name, "")).strip() for parameter in all_parameters(command)}
    return {parameter.name: _value(parameter, text) for parameter, text in given.items() if text}


def _value(parameter: Parameter, text: str) -> Any:
    if parameter.is_many:
        return tuple(_words(parameter, text))
    return True if parameter.is_switch else text
