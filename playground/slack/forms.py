"""Form fields: from what a person entered to Slack's state.values, and what Slack's client refuses to send."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from playground.slack.elements import elements
from playground.slack.values import Json

Entered = str | Sequence[str] | Json | None
"""A field as a page sends it: text, the value of an option, an id, a list of those; or already in Slack's shape."""

Form = Mapping[str, Mapping[str, Entered]]
"""Fields by block_id and action_id."""


class Holds(Enum):
    TEXT = auto()
    NUMBER = auto()
    OPTION = auto()
    OPTIONS = auto()
    IDS = auto()
    RICH_TEXT = auto()
    FILES = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """How one kind of element stands in state.values: under which key, from which initial property."""

    key: str
    holds: Holds = Holds.TEXT
    initial: str | None = None


FIELDS: Mapping[str, Field] = {
    "plain_text_input": Field("value", Holds.TEXT, "initial_value"),
    "email_text_input": Field("value", Holds.TEXT, "initial_value"),
    "url_text_input": Field("value", Holds.TEXT, "initial_value"),
    "number_input": Field("value", Holds.TEXT, "initial_value"),
    "rich_text_input": Field("rich_text_value", Holds.RICH_TEXT, "initial_value"),
    "static_select": Field("selected_option", Holds.OPTION, "initial_option"),
    "external_select": Field("selected_option", Holds.OPTION, "initial_option"),
    "radio_buttons": Field("selected_option", Holds.OPTION, "initial_option"),
    "multi_static_select": Field("selected_options", Holds.OPTIONS, "initial_options"),
    "multi_external_select": Field("selected_options", Holds.OPTIONS, "initial_options"),
    "checkboxes": Field("selected_options", Holds.OPTIONS, "initial_options"),
    "users_select": Field("selected_user", Holds.TEXT, "initial_user"),
    "multi_users_select": Field("selected_users", Holds.IDS, "initial_users"),
    "conversations_select": Field("selected_conversation", Holds.TEXT, "initial_conversation"),
    "multi_conversations_select": Field("selected_conversations", Holds.IDS, "initial_conversations"),
    "channels_select": Field("selected_channel", Holds.TEXT, "initial_channel"),
    "multi_channels_select": Field("selected_channels", Holds.IDS, "initial_channels"),
    "datepicker": Field("selected_date", Holds.TEXT, "initial_date"),
    "timepicker": Field("selected_time", Holds.TEXT, "initial_time"),
    "datetimepicker": Field("selected_date_time", Holds.NUMBER, "initial_date_time"),
    "file_input": Field("files", Holds.FILES),
}
"""Buttons and overflow menus are absent: they act, but hold no state."""

EMPTY: Mapping[Holds, Any] = {Holds.OPTIONS: [], Holds.IDS: [], Holds.FILES: []}


def state_values(blocks: Iterable[Json], known: Json, form: Form, *, options: Sequence[Json] = ()) -> Json:
    """Slack's state.values: each field as entered in *form*, else as *known* before, else its initial value.

    *options* are those that an app suggested for external selects: they stand in no block.
    """
    values: Json = {}
    for block, element in elements(blocks):
        if element.get("type") not in FIELDS:
            continue
        block_id, action_id = block.get("block_id", ""), element["action_id"]
        entered = form.get(block_id, {})
        if action_id in entered:
            state = chosen(element, entered[action_id], options=options)
        else:
            state = known.get(block_id, {}).get(action_id) or initial(element)
        values.setdefault(block_id, {})[action_id] = state
    return values


def initial(element: Json) -> Json:
    """The state of an untouched field."""
    field = FIELDS[element["type"]]
    value = element.get(field.initial) if field.initial else None
    return {"type": element["type"], field.key: EMPTY.get(field.holds) if value is None else value}


def chosen(element: Json, entered: Entered, *, options: Sequence[Json] = ()) -> Json:
    """The state of *element* after a person entered something."""
    if isinstance(entered, Mapping):
        return {"type": element["type"], **entered}
    if element["type"] == "overflow":
        return {"type": "overflow", "selected_option": _option(element, entered, options)}
    field = FIELDS[element["type"]]
    return {"type": element["type"], field.key: _held(field, element, entered, options)}


def offered(element: Json) -> Iterator[Json]:
    """The options that the element itself lists, groups flattened."""
    yield from element.get("options") or ()
    for group in element.get("option_groups") or ():
        yield from group.get("options") or ()


def _held(field: Field, element: Json, entered: str | Sequence[str] | None, options: Sequence[Json]) -> Any:
    several = [entered] if isinstance(entered, str) else list(entered or ())
    match field.holds:
        case Holds.OPTION:
            return _option(element, entered, options)
        case Holds.OPTIONS:
            return [found for value in several if (found := _option(element, value, options)) is not None]
        case Holds.IDS:
            return [value for value in several if value]
        case Holds.FILES:
            return [{"id": value} for value in several if value]
        case Holds.NUMBER:
            return int(several[0]) if several and several[0] else None
        case Holds.RICH_TEXT:
            return _rich_text(several[0]) if several and several[0] else None
        case Holds.TEXT:
            return (several[0] or None) if several else None


def _option(element: Json, entered: object, options: Sequence[Json]) -> Json | None:
    known = [*offered(element), *options, *_initial_options(element)]
    return next((option for option in known if option.get("value") == entered), None)


def _initial_options(element: Json) -> list[Json]:
    one, several = element.get("initial_option"), element.get("initial_options")
    return [*([one] if one else []), *(several or [])]


def _rich_text(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


# What Slack's client says under a field before it sends anything.
REQUIRED = "Please complete this required field."
NOT_EMAIL = "Please enter a valid email."
NOT_URL = "Please enter a valid URL."
NOT_NUMBER = "Please enter a number."
NOT_INTEGER = "Please enter a whole number."

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


def complaints(blocks: Iterable[Json], values: Json) -> dict[str, str]:
    """What is wrong with the input blocks' fields, by block_id; empty when the form may be sent."""
    found: dict[str, str] = {}
    for block, element in elements(blocks):
        if block.get("type") != "input" or element["type"] not in FIELDS:
            continue
        value = values[block["block_id"]][element["action_id"]][FIELDS[element["type"]].key]
        if value in (None, "", []):
            complaint = None if block.get("optional") else REQUIRED
        else:
            complaint = _complaint(element, value)
        if complaint:
            found[block["block_id"]] = complaint
    return found


def _complaint(element: Json, value: Any) -> str | None:
    match element["type"]:
        case "plain_text_input":
            return _length_complaint(element, value)
        case "email_text_input":
            return None if _EMAIL.fullmatch(value) else NOT_EMAIL
        case "url_text_input":
            return None if _URL.fullmatch(value) else NOT_URL
        case "number_input":
            return _number_complaint(element, value)
        case _:
            return None


def _length_complaint(element: Json, value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if len(value) > most else None


def _number_complaint(element: Json, value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return NOT_NUMBER
    if not element.get("is_decimal_allowed", False) and not number.is_integer():
        return NOT_INTEGER
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None
