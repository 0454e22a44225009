"""What rich text is made of."""

from collections.abc import Mapping

from playground.slack.blockkit.rules import Rule, anything, boolean, by_type, choice, integer, items, shape, string

_STYLE = shape(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), boolean
    ),
)
_STYLED: Mapping[str, Rule] = {"style": _STYLE}

_INLINE: Mapping[str, Rule] = {
    "text": shape({"text": string(least=1)}, _STYLED),
    "link": shape({"url": string(3000, least=1)}, {"text": string(), "unsafe": boolean, **_STYLED}),
    "user": shape({"user_id": string()}, _STYLED),
    "usergroup": shape({"usergroup_id": string()}, _STYLED),
    "channel": shape({"channel_id": string()}, _STYLED),
    "team": shape({"team_id": string()}, _STYLED),
    "broadcast": shape({"range": choice("here", "channel", "everyone")}, _STYLED),
    "emoji": shape({"name": string()}, {"unicode": string(), "skin_tone": integer(), "url": string(), **_STYLED}),
    "date": shape({"timestamp": integer(), "format": string()}, {"url": string(), "fallback": string(), **_STYLED}),
    "color": shape({"value": string()}, _STYLED),
}

_CONTENT = items(by_type(_INLINE), least=0)
_SECTION = shape({"elements": _CONTENT})
_BORDER = integer(0, 1)

_PARTS: Mapping[str, Rule] = {
    "rich_text_section": _SECTION,
    "rich_text_preformatted": shape({"elements": _CONTENT}, {"border": _BORDER, "language": string()}),
    "rich_text_quote": shape({"elements": _CONTENT}, {"border": _BORDER}),
    "rich_text_list": shape(
        {"elements": items(by_type({"rich_text_section": _SECTION})), "style": choice("bullet", "ordered")},
        {"indent": integer(0, 8), "offset": integer(0), "border": _BORDER},
    ),
}

RICH_TEXT = shape({"elements": items(by_type(_PARTS), least=0)}, {"block_id": anything})
