"""Where the interactive elements are inside blocks."""

from collections.abc import Iterable, Iterator
from typing import Any

from playground.slack.values import Json


def elements(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield each (block, element) that a person may touch, also inside containers and cards."""
    for block in blocks:
        yield from ((block, element) for element in _own(block) if "action_id" in element)
        yield from elements(_children(block))


def find(blocks: Iterable[Json], block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """The (block, element) with these ids."""
    wanted = (block_id, action_id)
    return next(((b, e) for b, e in elements(blocks) if (b.get("block_id"), e.get("action_id")) == wanted), None)


def dispatches(block: Json) -> bool:
    """Whether the app hears of a change at once: always, but in an input block only if that says so."""
    return block.get("type") != "input" or bool(block.get("dispatch_action"))


def _own(block: Json) -> list[Json]:
    candidates: list[Any] = [block.get("accessory"), block.get("element")]
    if block.get("type") in ("actions", "context_actions"):
        candidates += block.get("elements") or []
    if block.get("type") == "card":
        candidates += block.get("actions") or []
    return [element for element in candidates if isinstance(element, dict)]


def _children(block: Json) -> list[Json]:
    match block.get("type"):
        case "container":
            return list(block.get("child_blocks") or [])
        case "carousel":
            return list(block.get("elements") or [])
        case _:
            return []
