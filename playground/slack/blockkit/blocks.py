"""Which blocks there are, what each takes, and on which surface it may stand (limits: docs "Block Kit", measured)."""

from collections.abc import Mapping
from enum import StrEnum

from playground.slack.blockkit.elements import (
    BUTTON,
    IMAGE,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)
from playground.slack.blockkit.rich_text import RICH_TEXT
from playground.slack.blockkit.rules import (
    Rule,
    any_of,
    anything,
    boolean,
    both,
    by_type,
    choice,
    either,
    integer,
    items,
    number,
    or_null,
    plain,
    shape,
    string,
    text,
)


class Surface(StrEnum):
    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


BLOCK_LIMIT: Mapping[Surface, int] = {Surface.MESSAGE: 50, Surface.MODAL: 100, Surface.HOME: 100}

_ID: Mapping[str, Rule] = {"block_id": string(255)}
_RICH = by_type({"rich_text": RICH_TEXT})
_RAW_TEXT: Mapping[str, Rule] = {"raw_text": shape({"text": string(least=1)})}
_CELL = by_type({**_RAW_TEXT, "raw_number": shape({"value": anything}, {"text": string()}), "rich_text": RICH_TEXT})
_COLUMN = shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})

_EVERYWHERE: Mapping[str, Rule] = {
    "section": both(
        shape(
            {},
            {**_ID, "text": text(3000), "fields": items(text(2000), 10), "accessory": IN_SECTION, "expand": boolean},
        ),
        any_of("text", "fields"),
    ),
    "header": shape({"text": plain(150)}, {**_ID, "level": integer(1, 4)}),
    "divider": shape({}, _ID),
    "image": both(
        shape(
            {"alt_text": string(2000)},
            {**_ID, "image_url": string(3000), "title": plain(2000), "slack_file": anything},
        ),
        any_of("image_url", "slack_file"),
    ),
    "context": shape({"elements": items(IN_CONTEXT, 10)}, _ID),
    "actions": shape({"elements": items(IN_ACTIONS, 25)}, _ID),
    "input": shape(
        {"label": plain(2000), "element": IN_INPUT},
        {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
    "video": shape(
        {"alt_text": string(), "title": plain(200), "thumbnail_url": string(), "video_url": string()},
        {
            **_ID,
            "title_url": string(),
            "author_name": string(50),
            "provider_name": string(),
            "provider_icon_url": string(),
            "description": plain(200),
        },
    ),
}

_TASK = shape(
    {
        "task_id": string(),
        "title": string(),
        "status": choice("pending", "in_progress", "complete", "error"),
    },
    {**_ID, "details": _RICH, "output": _RICH, "sources": items(anything, least=0)},
)
_TABLE = shape({"rows": items(items(_CELL, 20), 100)}, {**_ID, "column_settings": items(or_null(_COLUMN), 20, least=0)})
_FILE = shape({"external_id": string(), "source": choice("remote")}, _ID)
_CARD = both(
    shape(
        {},
        {
            **_ID,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "icon": IMAGE,
            "hero_image": IMAGE,
            "actions": items(BUTTON),
        },
    ),
    any_of("title", "body", "hero_image", "actions"),
)

_IN_CONTAINER = by_type(
    {
        **{
            kind: rule
            for kind, rule in _EVERYWHERE.items()
            if kind in ("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
        },
        "file": _FILE,
        "table": _TABLE,
    },
    word="type",
)
_CONTAINER = both(
    shape(
        {"child_blocks": items(_IN_CONTAINER, 10)},
        {
            **_ID,
            "title": either(plain(150), string(150, least=1)),
            "rich_text_title": _RICH,
            "subtitle": either(text(150), string(150)),
            "width": choice("narrow", "standard", "wide", "full"),
            "icon": IMAGE,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
    ),
    any_of("title", "rich_text_title"),
)
_DATA_CELL = by_type({**_RAW_TEXT, "rich_text": RICH_TEXT})

_POINT = shape({"label": string(20), "value": number})
_SERIES: Mapping[str, Rule] = {
    "series": items(shape({"name": string(20), "data": items(_POINT, 20)}), 12),
    "axis_config": anything,
}
_CHART = by_type(
    {
        "pie": shape({"segments": items(_POINT, 12)}),
        "bar": shape(_SERIES),
        "area": shape(_SERIES),
        "line": shape(_SERIES),
    },
    word="chart",
)

_IN_MESSAGES: Mapping[str, Rule] = {
    "markdown": shape({"text": string(12_000, least=1)}, _ID),
    "table": _TABLE,
    "file": _FILE,
    "container": _CONTAINER,
    "context_actions": shape({"elements": items(IN_CONTEXT_ACTIONS, 5)}, _ID),
    "task_card": _TASK,
    "plan": shape({"title": string()}, {**_ID, "tasks": items(_TASK, least=0)}),
    "card": _CARD,
    "carousel": shape({"elements": items(by_type({"card": _CARD}, word="type"), 10)}, _ID),
    "data_table": shape(
        {"caption": string(), "rows": items(items(_DATA_CELL, 20), 101, least=2)},
        {**_ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    ),
    "data_visualization": shape({"title": string(50), "chart": _CHART}, _ID),
}

BLOCKS: Mapping[Surface, Mapping[str, Rule]] = {
    Surface.MESSAGE: {**_EVERYWHERE, **_IN_MESSAGES},
    Surface.MODAL: {
        **_EVERYWHERE,
        "alert": shape({"text": text(200)}, {**_ID, "level": choice("default", "info", "warning", "error", "success")}),
    },
    Surface.HOME: _EVERYWHERE,
}
