"""What a person does on the page, as the page's script reports it, turned into acts of the practice Slack."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from playground.page.page import Page
from playground.page.place import Place
from playground.slack.people import Outcome
from playground.slack.stage import OK

Gesture = Mapping[str, Any]
Act = Callable[[Page, Place, Gesture], Awaitable[Outcome]]


async def perform(page: Page, place: Place, gesture: Gesture) -> Outcome:
    """Do what *gesture* says as the person of *place*; what Slack does not know is refused."""
    act = ACTS.get(str(gesture.get("do")))
    if act is None:
        return Outcome("This page is older than its server. Reload it.")
    return await act(page, place, gesture)


async def _say(page: Page, place: Place, gesture: Gesture) -> Outcome:
    """Say it where the field stood in which it was typed, wherever the person has gone since."""
    channel, thread = str(gesture.get("channel") or place.channel), gesture.get("thread") or None
    return await page.slack.people.say(place.person, channel, str(gesture["text"]), thread_ts=thread)


async def _act(page: Page, place: Place, gesture: Gesture) -> Outcome:
    people, block, action = page.slack.people, str(gesture["block"]), str(gesture["action"])
    entered, form = gesture.get("entered"), gesture.get("form") or {}
    if view := gesture.get("view"):
        return await people.click_in_view(place.person, view, block, action, entered=entered, form=form)
    return await people.click(
        place.person, str(gesture["channel"]), str(gesture["ts"]), block, action, entered=entered, form=form
    )


async def _submit(page: Page, place: Place, gesture: Gesture) -> Outcome:
    return await page.slack.people.submit(place.person, str(gesture["view"]), gesture.get("form") or {})


async def _close(page: Page, place: Place, gesture: Gesture) -> Outcome:
    return await page.slack.people.close(place.person, str(gesture["view"]), all_views=bool(gesture.get("all")))


async def _react(page: Page, place: Place, gesture: Gesture) -> Outcome:
    return await page.slack.people.react(
        place.person, str(gesture["channel"]), str(gesture["ts"]), str(gesture["name"])
    )


async def _dismiss(page: Page, place: Place, gesture: Gesture) -> Outcome:
    return await page.slack.people.delete(place.person, str(gesture["channel"]), str(gesture["ts"]))


async def _shortcut(page: Page, place: Place, gesture: Gesture) -> Outcome:
    return await page.slack.people.shortcut(
        place.person, str(gesture["callback"]), channel=gesture.get("channel"), message_ts=gesture.get("ts")
    )


async def _join(page: Page, place: Place, _gesture: Gesture) -> Outcome:
    return await page.slack.people.join(place.person, place.channel)


async def _fault(page: Page, place: Place, gesture: Gesture) -> Outcome:
    faults = [*page.guide.faults, *page.backstage.faults()]
    fault = next((fault for fault in faults if fault.name == gesture.get("name")), None)
    if fault is None:
        return Outcome("This fault is not known here. Nothing was broken.")
    page.slack.workspace.notice(place.person, None, await fault.cause())
    return OK


ACTS: Mapping[str, Act] = {
    "say": _say,
    "act": _act,
    "submit": _submit,
    "close": _close,
    "react": _react,
    "dismiss": _dismiss,
    "shortcut": _shortcut,
    "join": _join,
    "fault": _fault,
}
