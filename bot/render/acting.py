"""The modal of a message's actions, and what it says once one was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.render import blocks, rich
from bot.render.limits import ACTIONS_PER_ROW
from bot.render.modals import View
from bot.render.rich import Element

MOST_ACTIONS = 100
"""Four rows: as many as a page of a list offers; more has its own paging."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a message offers."""

    label: str
    action: str
    value: str


def acting_modal(headline: str, actions: Sequence[Action]) -> View:
    """Buttons for *actions*, under the first line of the message."""
    drawn = [_button(one, place) for place, one in enumerate(actions[:MOST_ACTIONS])]
    rows = [drawn[start : start + ACTIONS_PER_ROW] for start in range(0, len(drawn), ACTIONS_PER_ROW)]
    about = {"type": "section", "text": {"type": "mrkdwn", "text": headline, "verbatim": True}}
    return _modal([about, *(blocks.actions(*row) for row in rows)])


def asked_modal(channel: str) -> View:
    """After a press: where to look for what comes of it."""
    place = rich.glue("a direct message") if not channel else {"type": "channel", "channel_id": channel}
    return _modal([blocks.paragraph(rich.glue("Done or asked; what comes of it stands in "), place, rich.glue("."))])


def _button(action: Action, place: int) -> Element:
    return blocks.button(action.label, f"{action.action}:{place}", action.value)


def _modal(body: list[blocks.Block]) -> View:
    return {
        "type": "modal",
        "callback_id": "acting",
        "title": {"type": "plain_text", "text": "Act on this"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": body,
    }
