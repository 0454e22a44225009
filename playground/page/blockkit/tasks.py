"""The plan and task_card blocks: steps with their state, output and sources."""

from playground.page.blockkit.rich_text import rich_text
from playground.page.blockkit.scene import Json, Scene, text_object
from playground.page.html import Html, el, link

_SIGNS = {
    "pending": ("○", "waiting"),
    "in_progress": ("◐", "running"),
    "complete": ("✓", "done"),
    "error": ("✕", "failed"),
}


def plan(block: Json, scene: Scene) -> Html:
    """Draw a plan: its title over its tasks, folded open."""
    tasks = (task_card(task, scene) for task in block.get("tasks", ()))
    return el("details", el("summary", text_object(block.get("title"), scene)), *tasks, class_="plan", open=True)


def task_card(block: Json, scene: Scene) -> Html:
    """Draw one step."""
    status = str(block.get("status", "pending"))
    sign, spoken = _SIGNS.get(status, ("○", status))
    head = (
        el("span", sign, class_=f"step {status}", role="img", aria_label=spoken),
        el("span", text_object(block.get("title"), scene)),
    )
    more = [rich_text(block[part], scene) for part in ("details", "output") if block.get(part)]
    sources = [link(str(source.get("url", "")), str(source.get("text", ""))) for source in block.get("sources") or ()]
    if not more and not sources:
        return el("div", *head, class_="task")
    return el("details", el("summary", *head), *more, *sources, class_="task", open=status in ("in_progress", "error"))
