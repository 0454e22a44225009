"""The table and data_table blocks: wide ones scroll by themselves, headers stay in sight."""

from collections.abc import Mapping, Sequence

from playground.page.blockkit.rich_text import rich_text
from playground.page.blockkit.scene import Json, Scene
from playground.page.html import Html, el

_ALIGNED = {"center": "mid", "right": "end"}


def table(block: Json, scene: Scene) -> Html:
    """Draw a table; its first row is the header, as Slack shows it."""
    settings = [setting or {} for setting in block.get("column_settings") or ()]
    return _grid(block.get("rows", ()), settings, scene, caption=None)


def data_table(block: Json, scene: Scene) -> Html:
    """Draw a data_table with its caption; long ones scroll where Slack turns pages."""
    return _grid(block.get("rows", ()), (), scene, caption=str(block.get("caption", "")))


def _grid(rows: Sequence[Sequence[Json]], settings: Sequence[Json], scene: Scene, *, caption: str | None) -> Html:
    head, body = rows[:1], rows[1:]
    drawn = el(
        "table",
        el("caption", caption) if caption else None,
        el("thead", *(_row(row, "th", settings, scene) for row in head)),
        el("tbody", *(_row(row, "td", settings, scene) for row in body)),
    )
    return el("div", drawn, class_="table", tabindex=0, role="region", aria_label=caption or "Table")


def _row(cells: Sequence[Json], tag: str, settings: Sequence[Json], scene: Scene) -> Html:
    return el(
        "tr", *(_cell(cell, tag, settings[i] if i < len(settings) else {}, scene) for i, cell in enumerate(cells))
    )


def _cell(cell: Json | None, tag: str, setting: Json, scene: Scene) -> Html:
    looks = [_ALIGNED.get(str(setting.get("align")), ""), "wrap" if setting.get("is_wrapped") else ""]
    if isinstance(cell, Mapping) and cell.get("type") == "raw_number":
        looks.append("end")
    return el(tag, _content(cell, scene), class_=" ".join(filter(None, looks)) or None)


def _content(cell: Json | None, scene: Scene) -> Html | str:
    match cell:
        case None:
            return ""
        case {"type": "rich_text"}:
            return rich_text(cell, scene)
        case {"type": "raw_number"}:
            return str(cell.get("text") or cell.get("value", ""))
        case _:
            return str(cell.get("text", ""))
