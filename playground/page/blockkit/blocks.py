"""One block to HTML: the table from block type to the function that draws it."""

from collections.abc import Callable, Iterable, Mapping

from playground.page.blockkit import layout
from playground.page.blockkit.charts import data_visualization
from playground.page.blockkit.rich_text import rich_text
from playground.page.blockkit.scene import Json, Scene, text_object
from playground.page.blockkit.tables import data_table, table
from playground.page.blockkit.tasks import plan, task_card
from playground.page.html import Html, el, join
from playground.page.markdown import markdown


def draw_blocks(blocks: Iterable[Json], scene: Scene) -> Html:
    """Draw *blocks* in order; an unknown one is shown as a box that names it."""
    return join(*(_DRAW.get(str(block.get("type")), layout.unknown)(block, scene) for block in blocks))


def container(block: Json, scene: Scene) -> Html:
    """Draw a titled group of blocks, folded where the app says so."""
    rich_title = block.get("rich_text_title")
    head = (
        rich_text(rich_title, scene) if rich_title else el("b", text_object(block.get("title"), scene)),
        el("small", text_object(block["subtitle"], scene)) if block.get("subtitle") else None,
    )
    inner = draw_blocks(block.get("child_blocks") or block.get("blocks") or (), scene)
    if not block.get("is_collapsible"):
        return el("div", el("div", *head, class_="container-head"), inner, class_="container")
    return el("details", el("summary", *head), inner, class_="container", open=not block.get("default_collapsed"))


_DRAW: Mapping[str, Callable[[Json, Scene], Html]] = {
    "section": layout.section,
    "header": layout.header,
    "divider": layout.divider,
    "context": layout.context,
    "actions": layout.actions,
    "context_actions": layout.actions,
    "image": layout.image,
    "input": layout.input_block,
    "video": layout.video,
    "file": layout.file,
    "alert": layout.alert,
    "card": layout.card,
    "carousel": layout.carousel,
    "rich_text": rich_text,
    "markdown": lambda block, _scene: el("div", markdown(str(block.get("text", ""))), class_="markdown"),
    "table": table,
    "data_table": data_table,
    "data_visualization": data_visualization,
    "plan": plan,
    "task_card": task_card,
    "container": container,
}
