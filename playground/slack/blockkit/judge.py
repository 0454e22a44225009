"""Judge a list of blocks: each by its rule, then what holds between them; and give ids to blocks that have none."""

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from playground.slack.blockkit.blocks import BLOCK_LIMIT, BLOCKS, Surface
from playground.slack.blockkit.rules import Problem, by_type, items
from playground.slack.ids import Ids
from playground.slack.values import Json

# docs "Table block": all cells of a table together.
TABLE_CHARACTERS = 10_000
# docs "Data visualization block": per message.
CHARTS = 2
TABLES = ("table", "data_table")
# docs "Markdown block": all markdown blocks of a payload together.
MARKDOWN_CHARACTERS = 12_000


def problems(blocks: Any, surface: Surface, *, pointer: str = "/blocks") -> list[Problem]:
    """What is wrong with *blocks* on *surface*, in Slack's words; empty when Slack would take them."""
    judged = list(items(by_type(BLOCKS[surface], word="type"), BLOCK_LIMIT[surface], least=0)(blocks, pointer))
    if judged:
        return judged
    return [*_same_ids(blocks, pointer), *_same_actions(blocks, pointer), *_too_much(blocks, pointer)]


def with_ids(blocks: Iterable[Json], ids: Ids) -> tuple[Json, ...]:
    """A copy in which every block and element has an id, as Slack assigns them to what has none."""
    copied = deepcopy(list(blocks))
    for block in _flat(copied):
        block.setdefault("block_id", ids.make("b"))
        for element in _elements(block):
            if element.get("type") not in ("image", "plain_text", "mrkdwn"):
                element.setdefault("action_id", ids.make("a"))
    return tuple(copied)


def characters(value: Any) -> int:
    """The sum of all text in blocks, as Slack counts it towards msg_blocks_too_long."""
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(characters(part) for part in value.values() if isinstance(part, dict | list))
    return sum(characters(part) for part in value) if isinstance(value, list | tuple) else 0


def _same_ids(blocks: list[Json], pointer: str) -> Iterator[Problem]:
    used = Counter(block["block_id"] for block in _flat(blocks) if block.get("block_id"))
    for block_id, times in used.items():
        if times > 1:
            yield Problem(pointer, f"block_id {block_id!r} already exists")


def _same_actions(blocks: list[Json], pointer: str) -> Iterator[Problem]:
    for index, block in enumerate(_flat(blocks)):
        used = Counter(element["action_id"] for element in _elements(block) if element.get("action_id"))
        for action_id, times in used.items():
            if times > 1:
                yield Problem(f"{pointer}/{index}/elements", f"`action_id` {action_id!r} already exists")


def _too_much(blocks: list[Json], pointer: str) -> Iterator[Problem]:
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_CHARACTERS:
        yield Problem(pointer, f"markdown text must be less than {MARKDOWN_CHARACTERS + 1} characters in total")
    if sum(block["type"] == "data_visualization" for block in blocks) > CHARTS:
        yield Problem(pointer, f"no more than {CHARTS} data_visualization blocks allowed")
    for index, block in enumerate(blocks):
        if block["type"] in TABLES:
            yield from _bad_table(block, f"{pointer}/{index}/rows")


def _bad_table(table: Json, pointer: str) -> Iterator[Problem]:
    rows = table["rows"]
    if characters(rows) > TABLE_CHARACTERS:
        yield Problem(pointer, f"must be less than {TABLE_CHARACTERS + 1} characters in total")
    if table["type"] == "data_table":
        if len({len(row) for row in rows}) > 1:
            yield Problem(pointer, "all rows must have the same number of cells")
        if any(cell["type"] == "rich_text" for cell in rows[0]):
            yield Problem(f"{pointer}/0", "unsupported element: rich_text")


def has_many_tables(blocks: Iterable[Json]) -> bool:
    """Whether there is more than one table in a message, containers included: Slack takes only one."""
    return sum(block.get("type") in TABLES for block in _flat(blocks)) > 1


def _flat(blocks: Iterable[Json]) -> Iterator[Json]:
    for block in blocks:
        yield block
        yield from _flat(block.get("child_blocks") or ())
        if block.get("type") == "carousel":
            yield from _flat(block.get("elements") or ())


def _elements(block: Json) -> list[Json]:
    if block.get("type") in ("rich_text", "carousel"):
        return []
    several = [*(block.get("elements") or []), *(block.get("actions") or [])]
    alone = [block[key] for key in ("accessory", "element") if isinstance(block.get(key), dict)]
    return [*several, *alone]
