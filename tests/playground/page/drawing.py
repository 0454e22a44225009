"""What an app would send, and how the page draws it."""

from typing import Any

from playground.page.blockkit import Scene, draw_blocks
from tests.playground.page.test_mrkdwn import NAMES

Json = dict[str, Any]
SCENE = Scene(names=NAMES, key="k")


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str, **more: Any) -> Json:
    return {"text": plain(value.title()), "value": value, **more}


def rich(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements), **more}]}


def words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def drawn(*blocks: Json, scene: Scene = SCENE) -> str:
    return draw_blocks(blocks, scene)


def of_input(element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": "b", "label": plain("Label"), "element": {"action_id": "a", **element}, **more}


OPTIONS = [option("one"), option("two")]
