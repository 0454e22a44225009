"""Moves inside a pane: to a conversation, into a thread, to a tab, with a panel opened or closed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playground.page.page import Page
from playground.page.place import Panel, Place


async def moved(place: Place, gesture: Mapping[str, Any], page: Page) -> Place:
    """Give the place that *gesture* leads to; opening the app's Home lets the app know, as Slack does."""
    if "panel" in gesture:
        asked = Panel(gesture["panel"])
        return replace(place, panel=Panel.NONE if asked is place.panel else asked)
    if "thread" in gesture:
        return replace(place, thread=str(gesture["thread"]))
    target = place.in_channel(_conversation(place, gesture, page), home=bool(gesture.get("home")))
    settled = page.settle(replace(target, thread=_thread_of(target.channel, gesture, page)))
    app_channel = page.desk(settled).app_channel
    if app_channel is not None and app_channel.id == settled.channel and settled.person == place.person:
        await page.slack.people.open_home(place.person, tab="home" if settled.home else "messages")
    return settled


def _conversation(place: Place, gesture: Mapping[str, Any], page: Page) -> str:
    if person := gesture.get("person"):
        return page.slack.workspace.open_im(place.person, str(person)).id
    return str(gesture.get("channel", ""))


def _thread_of(channel: str, gesture: Mapping[str, Any], page: Page) -> str:
    """The thread that a link to a reply opens."""
    message = page.slack.workspace.message(channel, str(gesture.get("ts", "")))
    return message.thread_ts or "" if message is not None and message.is_reply else ""
