"""The console as a modal: a channel to speak in, and a menu of commands per area."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from bot.model.plan import Json
from bot.render import blocks, rich
from bot.render.blocks import Block
from bot.render.escape import inline, mrkdwn
from bot.render.limits import MENU_OPTIONS, OPTION_CHARACTERS, PLACEHOLDER_CHARACTERS
from bot.render.modals import View
from bot.render.rich import Element

SUMMED_UP_CHARACTERS = 90
"""Names of commands beside their menu: three lines on a phone."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to ask; *channel* empty: a direct message."""

    channel: str
    value: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A command."""

    name: str
    summary: str
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """Commands under one heading."""

    area: str
    choices: Sequence[Choice]


def console_modal(*, places: Sequence[Place], chosen: Place, groups: Sequence[Group]) -> View:
    """Draw it; the buttons that change the place are left out where there is but one."""
    others = [place for place in places if place != chosen]
    return {
        "type": "modal",
        "callback_id": "console",
        "title": {"type": "plain_text", "text": "Console"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [
            blocks.paragraph(rich.glue("Answered in "), _named(chosen)),
            *(_menu(group, number) for number, group in enumerate(groups)),
            *_elsewhere(others),
        ],
    }


def _named(place: Place) -> Element:
    if not place.channel:
        return rich.glue("a direct message")
    return {"type": "channel", "channel_id": place.channel}


def _elsewhere(others: Sequence[Place]) -> list[Block]:
    """A line per other place: Slack draws a channel's name in text, but not in a menu."""
    return [block for number, place in enumerate(others) for block in _other(place, number)]


def _other(place: Place, number: int) -> list[Block]:
    name = "a direct message" if not place.channel else f"<#{place.channel}>"
    return [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": f"Or in {name}", "verbatim": True},
            "accessory": blocks.button("Ask there", f"console:{number}", place.value),
        }
    ]


def _menu(group: Group, number: int) -> Block:
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": f"*{mrkdwn(group.area)}*\n{mrkdwn(_summed_up(group))}", "verbatim": True},
        "accessory": {
            "type": "static_select",
            "action_id": f"form:{number}",
            "placeholder": {"type": "plain_text", "text": inline("Choose a command", PLACEHOLDER_CHARACTERS)},
            "options": [_option(choice) for choice in group.choices[:MENU_OPTIONS]],
        },
    }


def _summed_up(group: Group) -> str:
    """As many names as fit, none of them cut."""
    names = [choice.name for choice in group.choices]
    lengths = accumulate(len(name) + len(", ") for name in names)
    fitting = [name for name, length in zip(names, lengths, strict=True) if length <= SUMMED_UP_CHARACTERS]
    return ", ".join(fitting) + ("…" if len(fitting) < len(names) else "")


def _option(choice: Choice) -> dict[str, Json]:
    return {
        "text": {"type": "plain_text", "text": inline(choice.name, OPTION_CHARACTERS), "emoji": False},
        "description": {"type": "plain_text", "text": inline(choice.summary, OPTION_CHARACTERS), "emoji": False},
        "value": choice.value,
    }
