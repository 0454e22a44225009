"""One element of a block to HTML: the table from element type to the function that draws it."""

from collections.abc import Callable, Mapping

from playground.page.blockkit.choices import boxes, select
from playground.page.blockkit.controls import button, feedback_buttons, icon_button, overflow
from playground.page.blockkit.entries import entry, file_entry
from playground.page.blockkit.pictures import picture
from playground.page.blockkit.scene import Json, Scene, text_object
from playground.page.html import Html, el

Draw = Callable[[Json, str, Scene], Html]

_SELECTS = ("static", "external", "users", "channels", "conversations")
_ENTRIES = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input")
_PICKERS = ("datepicker", "timepicker", "datetimepicker")

_DRAW: Mapping[str, Draw] = {
    "button": button,
    "workflow_button": button,
    "icon_button": icon_button,
    "feedback_buttons": feedback_buttons,
    "overflow": overflow,
    "image": lambda element, _block_id, _scene: picture(element, class_="thumb"),
    "mrkdwn": lambda element, _block_id, scene: el("span", text_object(element, scene)),
    "plain_text": lambda element, _block_id, scene: el("span", text_object(element, scene)),
    "radio_buttons": boxes,
    "checkboxes": boxes,
    "file_input": file_entry,
    **{f"{source}_select": select for source in _SELECTS},
    **{f"multi_{source}_select": select for source in _SELECTS},
    **dict.fromkeys((*_ENTRIES, *_PICKERS), entry),
}


def draw_element(element: Json, block_id: str, scene: Scene) -> Html:
    """Draw *element*; one that this page does not know is shown as a box that names it."""
    kind = str(element.get("type"))
    draw = _DRAW.get(kind)
    return draw(element, block_id, scene) if draw else unsupported(f"element {kind}")


def unsupported(what: str) -> Html:
    """Say visibly that something is not drawn here."""
    return el("span", f"Unsupported {what}", class_="unsupported", role="note")
