"""A message for a workspace that lacks Slack's newest blocks: the same words in blocks that every workspace has."""

from collections.abc import Iterable, Sequence

from bot.model.plan import Json
from bot.render import blocks, rich
from bot.render.blocks import Block
from bot.render.limits import MESSAGE_CHARACTERS, PREFORMATTED_CHARACTERS
from bot.render.monospace import filled, hanging, whole_rows
from bot.render.native_table import EMPTY

NEW_KINDS = frozenset({"table", "container", "plan", "task_card"})
"""Kinds that Slack brings to one workspace after the other; one that is refused takes the whole message with it."""

SIGNS = {"pending": "○", "in_progress": "◐", "complete": "✓", "error": "✕"}


def has_new_kinds(drawn: Iterable[Block]) -> bool:
    """Whether a workspace may lack one of *drawn*."""
    return any(block["type"] in NEW_KINDS for block in drawn)


def older(drawn: Iterable[Block]) -> list[Block]:
    """*drawn* without new kinds; what is in them stays in its place, and a table keeps the rows that have room."""
    drawn = list(drawn)
    return _all(drawn, MESSAGE_CHARACTERS - sum(map(blocks.characters, drawn)))


def _all(drawn: Iterable[Block], spare: int) -> list[Block]:
    return [replaced for block in drawn for replaced in _older(block, spare)]


def _older(block: Block, spare: int) -> Sequence[Block]:
    match block:
        case {"type": "table", "rows": [columns, *rows]}:
            drawn = hanging(*filled(_cells(columns), [_cells(row) for row in rows]))
            room = min(PREFORMATTED_CHARACTERS, blocks.characters(block) + spare)
            return [blocks.preformatted(whole_rows(drawn, room))]
        case {"type": "container", "title": {"text": str(title)}, "child_blocks": list(children)}:
            return [blocks.paragraph(rich.bold(title)), *_all(children, spare)]
        case {"type": "plan", "tasks": list(tasks)}:
            return [blocks.lines(_task(task) for task in tasks)]
        case _:
            return [block]


def _cells(row: Sequence[dict[str, Json]]) -> list[str]:
    return ["" if cell["text"] == EMPTY else str(cell["text"]) for cell in row]


def _task(task: dict[str, Json]) -> list[rich.Element]:
    head = [rich.glue(f"{SIGNS[task['status']]} "), rich.text(task["title"])]
    if "details" not in task:
        return head
    [section] = task["details"]["elements"]
    return [*head, rich.glue(": "), *section["elements"]]
