"""Block Kit blocks that all messages and modals are made of."""

from collections.abc import Iterable, Sequence

from bot.model.plan import Fact, Json
from bot.render import rich
from bot.render.escape import inline
from bot.render.limits import (
    BUTTON_CHARACTERS,
    CONTAINER_TITLE_CHARACTERS,
    FACT_CHARACTERS,
    FACTS_PER_CARD,
    WARNINGS_PER_CARD,
)
from bot.render.rich import Element

Block = dict[str, Json]


def paragraph(*elements: Element) -> Block:
    """Elements on one line, wrapped as the reader's window wants."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def headline(words: str, *, emoji: str = "", after: Sequence[Element] = ()) -> Block:
    """The first line: state, verb, object in bold, then what stands beside it."""
    return paragraph(*([rich.glue(f"{emoji} ")] if emoji else []), rich.bold(words), *after)


def lines(rows: Iterable[Sequence[Element]]) -> Block:
    """Several lines in one block, close together."""
    elements: list[Element] = []
    for row in rows:
        elements += [*([rich.glue("\n")] if elements else []), *row]
    return paragraph(*elements)


def facts(values: Sequence[Fact], *, at_most: int = FACTS_PER_CARD) -> Block:
    """Labelled lines."""
    rows = [[rich.bold(one.label), rich.glue("  "), *rich.spans(one.text, limit=FACT_CHARACTERS)] for one in values]
    return lines([*rows[:at_most], *_and_more(len(rows) - at_most)])


def warnings(values: Sequence[str], *, at_most: int = WARNINGS_PER_CARD) -> Block:
    """What may go wrong, one line each."""
    rows = [[rich.glue("⚠️ "), *rich.spans(value, limit=FACT_CHARACTERS)] for value in values]
    return lines([*rows[:at_most], *_and_more(len(rows) - at_most)])


def _and_more(left_out: int) -> list[Sequence[Element]]:
    """A line that says so, where something is left out."""
    return [[rich.glue(f"… and {left_out} more")]] if left_out > 0 else []


def preformatted(value: str) -> Block:
    """Monospaced text that nothing parses; must be cleaned and cut already."""
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": value or " "}]}
    return {"type": "rich_text", "elements": [element]}


def container(title: str, *children: Block) -> Block:
    """Blocks that a reader can fold away, under a title."""
    return {
        "type": "container",
        "title": {"type": "plain_text", "text": inline(title, CONTAINER_TITLE_CHARACTERS) or "…"},
        "is_collapsible": True,
        "default_collapsed": False,
        "child_blocks": list(children),
    }


def plan(title: str, tasks: Iterable[tuple[str, str, Sequence[Element]]]) -> Block:
    """Steps, each with its name, its state (pending, in_progress, complete, error) and a line on how far it is."""
    return {
        "type": "plan",
        "title": inline(title, FACT_CHARACTERS) or "…",
        "tasks": [
            {
                "type": "task_card",
                "task_id": str(number),
                "title": inline(name, FACT_CHARACTERS) or "…",
                "status": status,
                **({"details": paragraph(*details)} if details else {}),
            }
            for number, (name, status, details) in enumerate(tasks)
        ],
    }


def actions(*elements: Element) -> Block:
    """A row of buttons and menus."""
    return {"type": "actions", "elements": list(elements)}


def button(label: str, action: str, value: str, *, style: str = "") -> Element:
    """A button; *style* is Slack's: primary or danger."""
    face = {"type": "plain_text", "text": inline(label, BUTTON_CHARACTERS) or "…", "emoji": False}
    return {"type": "button", "action_id": action, "text": face, "value": value, **({"style": style} if style else {})}


def characters(value: Json) -> int:
    """How much text a block holds, as Slack's hidden cap counts it: every string under `text`."""
    match value:
        case {"text": str(words), **rest}:
            return len(words) + characters(rest)
        case dict():
            return sum(characters(child) for child in value.values())
        case list():
            return sum(characters(child) for child in value)
        case _:
            return 0
