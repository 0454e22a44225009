"""Buttons that run a command line: Slack sees an opaque id, the line stays with the message."""

import hashlib
from collections.abc import Sequence

from bot.model.reply import Button
from bot.render import blocks
from bot.render.escape import inline
from bot.render.limits import MENU_OPTIONS, OPTION_CHARACTERS, OVERFLOW_OPTIONS, PLACEHOLDER_CHARACTERS
from bot.render.rich import Element


def button_id(line: str) -> str:
    """The id of a line: the same wherever it is offered, and too long for anybody to find two lines with one id."""
    return hashlib.sha256(line.encode()).hexdigest()[:40]


def run_button(button: Button, place: int, *, style: str = "") -> Element:
    """*button* as the element with the action id `<action>:<place>`."""
    return blocks.button(button.label, f"{button.action}:{place}", button_id(button.line), style=style)


def run_menu(buttons: Sequence[Button], place: int, *, placeholder: str) -> Element:
    """More choices than buttons make sense for, as a select menu; each option's value is a button id."""
    return {
        "type": "static_select",
        "action_id": f"run:{place}",
        "placeholder": {"type": "plain_text", "text": inline(placeholder, PLACEHOLDER_CHARACTERS)},
        "options": [_option(button) for button in buttons[:MENU_OPTIONS]],
    }


def run_overflow(buttons: Sequence[Button], place: int) -> Element:
    """What is rarer than a button, behind ⋯."""
    options = [_option(button) for button in buttons[:OVERFLOW_OPTIONS]]
    return {"type": "overflow", "action_id": f"run:{place}", "options": options}


def _option(button: Button) -> Element:
    face = {"type": "plain_text", "text": inline(button.label, OPTION_CHARACTERS) or "…", "emoji": False}
    return {"text": face, "value": button_id(button.line)}


def lines_behind(buttons: Sequence[Button]) -> dict[str, str]:
    """Button id → line, to be stored with the message."""
    return {button_id(button.line): button.line for button in buttons}
