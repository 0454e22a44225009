"""Controls that act at once: buttons, links, overflow menus. Each stands in a `.ctl` that carries its address."""

from playground.page.blockkit.confirm import confirm_template
from playground.page.blockkit.scene import Json, Scene, text_object, text_of
from playground.page.emoji import glyph
from playground.page.html import Attribute, Html, el, safe_url

_FEEDBACK = {"positive_button": "👍", "negative_button": "👎"}
# Slack's names for the pictures of icon buttons, as far as characters show them.
_ICONS = {"trash": "🗑", "edit": "✎", "copy": "⧉", "refresh": "↻", "download": "⤓", "link": "🔗"}


def control(element: Json, block_id: str, scene: Scene, *children: Html | None, **attributes: Attribute) -> Html:
    """Wrap a control with its address and its confirm dialog."""
    return el(
        "span",
        *children,
        confirm_template(element, scene),
        class_=f"ctl {element.get('type', '')}",
        data_block=block_id,
        data_action=str(element.get("action_id", "")),
        data_type=str(element.get("type", "")),
        **attributes,
    )


def button(element: Json, block_id: str, scene: Scene) -> Html:
    """Draw a button; with a URL it is a link that is reported as well."""
    label = text_object(element.get("text"), scene)
    look = f"btn {element.get('style', '')}".rstrip()
    title = element.get("accessibility_label")
    url = safe_url(str(element.get("url") or ""))
    if url is None:
        drawn = el("button", label, type="button", class_=look, data_do="act", aria_label=title)
    else:
        drawn = el(
            "a",
            label,
            class_=look,
            data_do="act",
            aria_label=title,
            href=url,
            target="_blank",
            rel="noopener noreferrer",
        )
    return control(element, block_id, scene, drawn)


def icon_button(element: Json, block_id: str, scene: Scene) -> Html:
    """Draw a button that shows a picture and says its text to screen readers and on hover; to some people, maybe."""
    if scene.names.me not in element.get("visible_to_user_ids", (scene.names.me,)):
        return Html()
    label = text_of(element.get("accessibility_label") or element.get("text"))
    icon = _ICONS.get(str(element.get("icon")), "•")
    drawn = el("button", icon, type="button", class_="btn icon", data_do="act", aria_label=label, title=label)
    return control(element, block_id, scene, drawn)


def feedback_buttons(element: Json, block_id: str, scene: Scene) -> Html:
    """Draw the pair of thumbs; each carries its own value."""
    pair = [
        el(
            "button",
            sign,
            type="button",
            class_="btn icon",
            data_do="act",
            data_value=str(element[side].get("value", "")),
            aria_label=text_of(element[side].get("accessibility_label") or element[side].get("text")),
            title=text_of(element[side].get("text")),
        )
        for side, sign in _FEEDBACK.items()
        if side in element
    ]
    return control(element, block_id, scene, *pair)


def overflow(element: Json, block_id: str, scene: Scene) -> Html:
    """Draw the ⋯ menu."""
    items = [
        el(
            "button",
            text_object(option.get("text"), scene),
            _description(option, scene),
            type="button",
            role="menuitem",
            tabindex=-1,
            data_do="act",
            data_value=str(option.get("value", "")),
        )
        for option in element.get("options", ())
    ]
    opener = el(
        "button",
        "⋯",
        type="button",
        class_="btn icon",
        data_do="menu",
        aria_haspopup="menu",
        aria_expanded="false",
        aria_label="More actions",
        title="More actions",
    )
    menu = el("span", *items, role="menu", class_="menu", hidden=True)
    return control(element, block_id, scene, opener, menu)


def _description(option: Json, scene: Scene) -> Html | None:
    described = option.get("description")
    return el("small", text_object(described, scene)) if described else None


def emoji_element(element: Json) -> Html:
    """Draw an emoji of rich_text: by its code points where given, else by name."""
    name = str(element.get("name", ""))
    try:
        points = "".join(chr(int(point, 16)) for point in str(element.get("unicode") or "").split("-") if point)
    except (ValueError, OverflowError):
        points = ""
    return el("span", points or glyph(name) or f":{name}:", title=f":{name}:")
