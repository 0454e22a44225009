"""Blocks that lay out text and elements: section, header, context, actions, input, and the like."""

from dataclasses import replace

from playground.page.blockkit.elements import draw_element, unsupported
from playground.page.blockkit.pictures import picture
from playground.page.blockkit.scene import Json, Scene, text_object, text_of
from playground.page.html import Html, el, link


def section(block: Json, scene: Scene) -> Html:
    """Draw text, fields in two columns, and the accessory beside them."""
    fields = [el("div", text_object(field, scene)) for field in block.get("fields") or ()]
    words = el(
        "div",
        el("div", text_object(block["text"], scene)) if block.get("text") else None,
        el("div", *fields, class_="fields") if fields else None,
        class_="words",
    )
    accessory = block.get("accessory")
    beside = draw_element(accessory, str(block.get("block_id", "")), scene) if accessory else None
    return el("div", words, beside, class_="section")


def header(block: Json, scene: Scene) -> Html:
    """Draw a headline."""
    return el("h3", text_object(block.get("text"), scene), class_="header")


def divider(_block: Json, _scene: Scene) -> Html:
    """Draw a line."""
    return el("hr")


def context(block: Json, scene: Scene) -> Html:
    """Draw small grey text and pictures."""
    block_id = str(block.get("block_id", ""))
    return el("div", *(draw_element(part, block_id, scene) for part in block.get("elements", ())), class_="context")


def actions(block: Json, scene: Scene) -> Html:
    """Draw a row of controls."""
    block_id = str(block.get("block_id", ""))
    return el("div", *(draw_element(part, block_id, scene) for part in block.get("elements", ())), class_="actions")


def image(block: Json, scene: Scene) -> Html:
    """Draw a picture under its title."""
    title = el("figcaption", text_object(block["title"], scene)) if block.get("title") else None
    return el("figure", title, picture(block, class_="picture"))


def video(block: Json, scene: Scene) -> Html:
    """Draw a video as its titled link: nothing from elsewhere plays in this page."""
    title = text_of(block.get("title"))
    url = str(block.get("title_url") or block.get("video_url") or "")
    about = el("div", text_object(block.get("description"), scene)) if block.get("description") else None
    return el("div", el("b", link(url, f"▶ {title}")), about, class_="card")


def file(block: Json, _scene: Scene) -> Html:
    """Draw a remote file by its id: Slack itself shows no more here either."""
    return el("div", f"📄 {block.get('external_id', '')}", class_="card")


def alert(block: Json, scene: Scene) -> Html:
    """Draw the coloured notice that modals may hold."""
    level = str(block.get("level", "default"))
    return el("div", text_object(block.get("text"), scene), class_=f"alert {level}", role="note")


def input_block(block: Json, scene: Scene) -> Html:
    """Draw a labelled field with its hint and the error under it."""
    block_id = str(block.get("block_id", ""))
    element = block.get("element") or {}
    error = scene.errors.get(block_id)
    optional = el("small", " (optional)") if block.get("optional") else None
    label = el("span", text_object(block.get("label"), scene), optional, class_="label")
    groups = element.get("type") in ("radio_buttons", "checkboxes")
    return el(
        "fieldset" if groups else "label",
        el("legend", label) if groups else label,
        draw_element(element, block_id, _named(scene, block, error)),
        el("span", error, class_="error", role="alert") if error else None,
        el("small", text_object(block["hint"], scene), class_="hint") if block.get("hint") else None,
        class_="input",
        data_dispatch=bool(block.get("dispatch_action")),
        data_optional=bool(block.get("optional")),
    )


def _named(scene: Scene, block: Json, error: str | None) -> Scene:
    """The scene in which a field is called by its label alone, and told with its error and hint."""
    return replace(
        scene,
        label=text_of(block.get("label")),
        hint=" ".join(filter(None, (error, text_of(block.get("hint"))))),
    )


def card(block: Json, scene: Scene) -> Html:
    """Draw a card: picture, title, subtitle, body, actions."""
    block_id = str(block.get("block_id", ""))
    hero = block.get("hero_image")
    return el(
        "div",
        picture(hero, class_="picture") if hero else None,
        el("b", text_object(block.get("title"), scene)),
        el("small", text_object(block["subtitle"], scene)) if block.get("subtitle") else None,
        el("div", text_object(block["body"], scene)) if block.get("body") else None,
        el("div", *(draw_element(part, block_id, scene) for part in block.get("actions") or ()), class_="actions"),
        class_="card",
    )


def carousel(block: Json, scene: Scene) -> Html:
    """Draw cards side by side; they scroll."""
    return el("div", *(card(part, scene) for part in block.get("elements", ())), class_="carousel", tabindex=0)


def unknown(block: Json, _scene: Scene) -> Html:
    """Show a block of a kind that this page does not know: visibly, never as nothing."""
    return el("div", unsupported(f"block {block.get('type')}"))
