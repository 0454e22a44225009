"""Controls that are typed into: text, numbers, addresses, dates, times, rich text, files."""

from collections.abc import Mapping
from typing import Any

from playground.page.blockkit.controls import control
from playground.page.blockkit.scene import Json, Scene, text_of
from playground.page.html import Attribute, Html, el

_NATIVE = {
    "plain_text_input": "text",
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "number",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "datetime-local",
}
_INITIAL = {"datepicker": "initial_date", "timepicker": "initial_time", "datetimepicker": "initial_date_time"}
_FILLED = {"datepicker": "selected_date", "timepicker": "selected_time", "datetimepicker": "selected_date_time"}


def entry(element: Json, block_id: str, scene: Scene) -> Html:
    """Draw a field to type into, with what was typed so far or what the app began it with."""
    kind = str(element.get("type", ""))
    value = _value(element, block_id, scene)
    attributes: dict[str, Attribute] = {
        "placeholder": text_of(element.get("placeholder")) or None,
        "maxlength": element.get("max_length"),
        "autofocus": bool(element.get("focus_on_load")),
        "data_field": True,
        "data_do": "choose" if kind in _INITIAL else "type",
        "aria_invalid": "true" if block_id in scene.errors else None,
        "aria_label": scene.label or None,
        "aria_description": scene.hint or None,
        "data_on": " ".join((element.get("dispatch_action_config") or {}).get("trigger_actions_on") or ()) or None,
    }
    if kind == "rich_text_input" or element.get("multiline"):
        drawn = el("textarea", value, rows=4, **attributes)
    else:
        numbers = {"inputmode": "decimal", "step": "any"} if kind == "number_input" else {}
        drawn = el("input", type=_NATIVE.get(kind, "text"), value=value, **{**attributes, **numbers})
    return control(element, block_id, scene, drawn)


def file_entry(element: Json, block_id: str, scene: Scene) -> Html:
    """Draw a field that takes files; they are uploaded when chosen, and named below it."""
    filled = scene.filled(block_id, str(element.get("action_id", ""))) or {}
    accepted = ",".join(f".{kind}" for kind in element.get("filetypes") or ())
    taken = [
        el("li", str(file.get("name", file["id"])), data_file=str(file["id"])) for file in filled.get("files") or ()
    ]
    picker = el(
        "input",
        type="file",
        multiple=int(element.get("max_files", 10)) > 1,
        accept=accepted or None,
        data_do="files",
        aria_label="Choose files",
    )
    return control(element, block_id, scene, picker, el("ul", *taken, class_="files"))


def _value(element: Json, block_id: str, scene: Scene) -> str:
    kind = str(element.get("type", ""))
    filled = scene.filled(block_id, str(element.get("action_id", "")))
    if filled is not None:
        raw = filled.get(_FILLED.get(kind, "rich_text_value" if kind == "rich_text_input" else "value"))
    else:
        raw = element.get(_INITIAL.get(kind, "initial_value"))
    if raw is None:
        return ""
    if kind == "datetimepicker":
        return f"{scene.names.at(int(raw)):%Y-%m-%dT%H:%M}"
    return rich_text_words(raw) if isinstance(raw, Mapping) else str(raw)


def rich_text_words(value: Mapping[str, Any]) -> str:
    """Give the words of a rich_text value, as a plain field can hold them."""
    if "elements" in value:
        separator = "\n" if value.get("type") in ("rich_text", "rich_text_list") else ""
        return separator.join(rich_text_words(part) for part in value["elements"])
    return str(value.get("text") or value.get("url") or value.get("user_id") or "")
