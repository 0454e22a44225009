"""The rich_text block: sections, lists, quotes, preformatted text, and every inline element."""

from collections.abc import Callable, Iterable, Mapping
from html import escape

from playground.page.blockkit.controls import emoji_element
from playground.page.blockkit.elements import unsupported
from playground.page.blockkit.scene import Json, Scene
from playground.page.dates import date_token
from playground.page.html import Html, el, join, link, text
from playground.page.mrkdwn import broadcast_mention, channel_mention, group_mention, person_mention

_STYLES = {"code": "code", "bold": "b", "italic": "i", "strike": "s", "underline": "u"}
# Slack draws at most this many levels of a list; deeper indents stay at the last.
_DEEPEST = 8


def rich_text(block: Json, scene: Scene) -> Html:
    """Draw a rich_text block or cell."""
    return el("div", *(_part(part, scene) for part in block.get("elements", ())), class_="rich")


def _part(part: Json, scene: Scene) -> Html:
    inner = part.get("elements", ())
    match part.get("type"):
        case "rich_text_section":
            return el("div", _inline(inner, scene))
        case "rich_text_preformatted":
            return el("pre", _inline(inner, scene, raw=True), class_="bordered" if part.get("border") else None)
        case "rich_text_quote":
            return el("blockquote", _inline(inner, scene))
        case "rich_text_list":
            return _list(part, scene)
        case kind:
            return unsupported(f"rich text {kind}")


def _list(part: Json, scene: Scene) -> Html:
    indent = min(int(part.get("indent", 0)), _DEEPEST)
    ordered = part.get("style") == "ordered"
    items = (el("li", _inline(item.get("elements", ()), scene)) for item in part.get("elements", ()))
    return el(
        "ol" if ordered else "ul",
        *items,
        class_=f"indent-{indent}{' bordered' if part.get('border') else ''}",
        start=int(part.get("offset", 0)) + 1 if ordered and part.get("offset") else None,
    )


def _inline(elements: Iterable[Json], scene: Scene, *, raw: bool = False) -> Html:
    return join(
        *(
            _styled(element, _INLINE.get(str(element.get("type")), _unknown)(element, scene), raw)
            for element in elements
        )
    )


def _styled(element: Json, drawn: Html, raw: bool) -> Html:
    style = element.get("style") or {}
    for name, tag in _STYLES.items():
        if style.get(name) and not (raw and name == "code"):
            drawn = el(tag, drawn)
    return drawn


def _text(element: Json, _scene: Scene) -> Html:
    return Html(text(str(element.get("text", ""))).replace("\n", "<br>"))


def _link(element: Json, _scene: Scene) -> Html:
    url = str(element.get("url", ""))
    return link(url, str(element.get("text") or url))


def _date(element: Json, scene: Scene) -> Html:
    shown = date_token(str(element.get("timestamp", "")), str(element.get("format", "{date}")), scene.names)
    return el("time", shown or str(element.get("fallback", "")))


def _color(element: Json, _scene: Scene) -> Html:
    value = str(element.get("value", ""))
    rect = f'<rect width="1" height="1" fill="{escape(value)}"/>'
    swatch = f'<svg class="swatch" viewBox="0 0 1 1" aria-hidden="true">{rect}</svg>'
    return join(Html(swatch), el("code", value))


def _unknown(element: Json, _scene: Scene) -> Html:
    return unsupported(f"text element {element.get('type')}")


_INLINE: Mapping[str, Callable[[Json, Scene], Html]] = {
    "text": _text,
    "link": _link,
    "emoji": lambda element, _scene: emoji_element(element),
    "user": lambda element, scene: person_mention(str(element.get("user_id", "")), scene.names),
    "channel": lambda element, scene: channel_mention(str(element.get("channel_id", "")), scene.names),
    "usergroup": lambda element, scene: group_mention(str(element.get("usergroup_id", "")), scene.names),
    "broadcast": lambda element, _scene: broadcast_mention(str(element.get("range", ""))),
    "date": _date,
    "color": _color,
}
