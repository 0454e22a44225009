"""The column at the right edge: a story to try, things to break, and what goes over the wire."""

from collections.abc import Callable
from typing import assert_never

from playground.page.desk import Desk
from playground.page.guide import Fault, Step, Story
from playground.page.html import Html, el, join
from playground.page.inspector import Inspection, draw_inspection
from playground.page.mrkdwn import mrkdwn
from playground.page.place import Panel


def draw_panel(desk: Desk, inspect: Callable[[], Inspection], slack_faults: tuple[Fault, ...]) -> Html:
    """Draw the open panel, or nothing."""
    match desk.place.panel:
        case Panel.NONE:
            return Html()
        case Panel.TRY:
            return join(_head("Try"), _stories(desk))
        case Panel.BREAK:
            return join(_head("Break something"), _faults(desk, slack_faults))
        case Panel.INSPECT:
            return join(_head("Inspect"), draw_inspection(inspect(), desk.names))
        case unknown:
            assert_never(unknown)


def _head(title: str) -> Html:
    close = el(
        "button", "✕", type="button", class_="btn icon", data_do="panel", data_panel="", aria_label="Close panel"
    )
    return el("header", el("h2", title), close, class_="head")


def _stories(desk: Desk) -> Html:
    if not desk.guide.stories:
        return el(
            "p", "No story was handed in. Write in a channel, or type / to see the app's commands.", class_="empty"
        )
    return el("div", *(_story(story, desk) for story in desk.guide.stories), class_="scroll")


def _story(story: Story, desk: Desk) -> Html:
    done = sum(step in desk.guide.told for step in story.steps)
    head = el("h3", story.title, el("small", f"{done} of {len(story.steps)}"))
    current = next((step for step in story.steps if step not in desk.guide.told), None)
    return el("section", head, el("ol", *(_step(step, step is current, desk) for step in story.steps)), class_="story")


def _step(step: Step, current: bool, desk: Desk) -> Html:
    told = step in desk.guide.told
    sign = el("span", "✓" if told else "○", class_="tick", role="img", aria_label="done" if told else "to do")
    offers = join(_become(step, desk), _type(step)) if current else None
    looks = "told" if told else "current" if current else ""
    return el("li", sign, el("div", mrkdwn(step.text, desk.names), offers), class_=looks or None)


def _become(step: Step, desk: Desk) -> Html | None:
    person = desk.workspace.person(step.person) if step.person else None
    if person is None or person.id == desk.place.person:
        return None
    become = f"Become {person.name}"
    return el("button", become, type="button", class_="btn small", data_do="become", data_person=person.id)


def _type(step: Step) -> Html | None:
    if not step.type_this:
        return None
    return el("button", "Type it for me", type="button", class_="btn small", data_do="type", data_text=step.type_this)


def _faults(desk: Desk, slack_faults: tuple[Fault, ...]) -> Html:
    groups = [("The platform", desk.guide.faults), ("Slack", slack_faults)]
    return el("div", *(_group(title, faults) for title, faults in groups if faults), class_="scroll")


def _group(title: str, faults: tuple[Fault, ...]) -> Html:
    return el("section", el("h3", title), el("ul", *map(_fault, faults)), class_="faults")


def _fault(fault: Fault) -> Html:
    button = el("button", fault.name, type="button", class_="btn small", data_do="fault", data_name=fault.name)
    return el("li", button, el("b", "in effect") if fault.is_on else None, el("small", fault.about))
