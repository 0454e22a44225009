"""App Home: a field for a line, what needs me now, what runs, how the platform stands, and what I did last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import BotError
from bot.model.incident import Incident
from bot.model.incident_words import headline as incident_headline
from bot.model.operation import Operation
from bot.model.plan import Json
from bot.model.reply import Button, Facts, Reply
from bot.render import blocks, people, rich, tone
from bot.render.blocks import Block
from bot.render.cards import headline
from bot.render.escape import inline
from bot.render.limits import PLACEHOLDER_CHARACTERS
from bot.render.rich import Element
from bot.render.run_buttons import lines_behind, run_button

SHOWN = 5
"""Things per heading: a home is looked at, not read."""

QUICK = (Button("Status", "status"), Button("Pods", "get pods"), Button("Help", "help"))
"""What most people ask first."""


EDIT = Button("Edit…", "fav list")

FAVOURITES = 20
"""Buttons in one row; with the one behind them fewer than Slack's 25."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An incident, and what its buttons stand for here, by label."""

    incident: Incident
    values: Mapping[str, str]
    needs_somebody: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """What concerns one person; each list may be empty."""

    waiting: Sequence[Operation] = ()
    alarms: Sequence[Alarm] = ()
    running: Sequence[Operation] = ()
    mine: Sequence[Operation] = ()
    platform: Sequence[Reply] = ()
    favourites: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A view, and the lines behind its buttons."""

    view: dict[str, Json]
    lines: dict[str, str] = field(default_factory=dict)


def home_view(home: Home, *, slash: str) -> Drawn:
    """Draw it."""
    urgent = [alarm for alarm in home.alarms if alarm.needs_somebody]
    tended = [alarm for alarm in home.alarms if not alarm.needs_somebody]
    needs = [*(_waiting(one) for one in home.waiting), *(_alarm(one) for one in urgent)]
    now = [*(_running(one) for one in home.running), *(_alarm(one) for one in tended)]
    view = {
        "type": "home",
        "blocks": [
            *_search(slash),
            *_favourites(home.favourites),
            *_section("Needs you", needs, "Nothing waits for you."),
            *_section("Now", now, "Nothing is running."),
            *_section("Platform", [_state(one) for one in home.platform], "You may not see its status."),
            *_section("Yours", [_mine(one) for one in home.mine], f"Nothing yet. Type {slash} in a channel to begin."),
            *([] if home.favourites else [_without_favourites(slash)]),
        ],
    }
    return Drawn(view, lines_behind([*QUICK, EDIT, *map(_kept, home.favourites[:FAVOURITES])]))


def closed_home(error: BotError) -> dict[str, Json]:
    """For whom the bot does nothing."""
    return {"type": "home", "blocks": [blocks.paragraph(*rich.spans(f"🚫 {error} {error.hint}".strip()))]}


def _search(slash: str) -> list[Block]:
    typed = {
        "type": "plain_text_input",
        "action_id": "search",
        "placeholder": {
            "type": "plain_text",
            "text": inline(f"As after {slash}: logs deployment/instance-worker", PLACEHOLDER_CHARACTERS),
        },
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    label = {"type": "plain_text", "text": "Run a command; the answer comes as a direct message"}
    return [
        {"type": "input", "block_id": "search", "dispatch_action": True, "label": label, "element": typed},
        blocks.actions(
            blocks.button("Open the console", "open_console", "home", style="primary"),
            *(run_button(button, place) for place, button in enumerate(QUICK)),
        ),
    ]


def _without_favourites(slash: str) -> Block:
    """How to come by one; below what concerns him."""
    return blocks.paragraph(*rich.spans(f"`{slash} fav add get pods` keeps a line at hand, as a button at the top."))


def _favourites(lines: Sequence[str]) -> list[Block]:
    """A button each, beside the field for a line; nothing where there are none."""
    if not lines:
        return []
    head: Block = {"type": "header", "text": {"type": "plain_text", "text": "Favourites"}}
    shown = [run_button(_kept(line), len(QUICK) + place) for place, line in enumerate(lines[:FAVOURITES])]
    return [head, blocks.actions(*shown, run_button(EDIT, len(QUICK) + len(shown)))]


def _kept(line: str) -> Button:
    return Button(line, line)


def _section(title: str, things: Sequence[Sequence[Block]], nothing: str) -> list[Block]:
    head: Block = {"type": "header", "text": {"type": "plain_text", "text": title}}
    if not things:
        return [head, blocks.paragraph(rich.text(nothing))]
    more = [blocks.paragraph(rich.text(f"and {len(things) - SHOWN} more"))] if len(things) > SHOWN else []
    return [head, *(block for thing in things[:SHOWN] for block in thing), *more]


def _waiting(operation: Operation) -> list[Block]:
    return [
        blocks.lines([_title(operation), people.asked(operation)]),
        blocks.actions(
            blocks.button("Approve", "approve", operation.id, style="primary"),
            blocks.button("Deny", "deny", operation.id),
            blocks.button("Details", "details", operation.id),
        ),
    ]


def _running(operation: Operation) -> list[Block]:
    return [blocks.lines([_title(operation), people.by_whom(operation)]), _details(operation)]


def _mine(operation: Operation) -> list[Block]:
    reason = [rich.glue(" · "), rich.text(f"“{operation.reason}”")] if operation.reason else []
    when = [rich.moment(operation.created_at, "{date_short_pretty} {time}"), *reason]
    return [blocks.lines([_title(operation), when]), _details(operation)]


def _title(operation: Operation) -> list[Element]:
    look = tone.STATES[operation.state]
    beside = [rich.glue("  "), rich.code(operation.plan.namespace)] if operation.plan.namespace else []
    return [rich.glue(f"{look.emoji} "), rich.bold(headline(operation)), *beside]


def _details(operation: Operation) -> Block:
    return blocks.actions(blocks.button("Details", "details", operation.id))


def _alarm(alarm: Alarm) -> list[Block]:
    incident = alarm.incident
    likely = incident.diagnosis.likely if incident.diagnosis else ""
    namespace = [rich.glue("  "), rich.code(incident.owner.namespace)] if incident.owner.namespace else []
    since: list[Element] = [rich.glue("Since "), rich.moment(incident.opened_at)]
    name = rich.bold(incident_headline(incident))
    rows = [
        [rich.glue(f"{tone.INCIDENTS[incident.state].emoji} "), name, *namespace],
        [*since, *([rich.glue(" · "), *rich.spans(likely)] if likely else [])],
    ]
    buttons = [blocks.button(label, f"run:{place}", value) for place, (label, value) in enumerate(alarm.values.items())]
    return [blocks.lines(rows), *([blocks.actions(*buttons)] if buttons else [])]


def _state(reply: Reply) -> list[Block]:
    look = tone.TONES[reply.tone]
    facts = [fact for part in reply.parts if isinstance(part, Facts) for fact in part.facts]
    said = blocks.headline(reply.headline, emoji=look.emoji)
    return [said, *([blocks.facts(facts)] if facts else [])]
