"""The question that Slack asks before it sends an action: a template that the page's script opens as a dialog."""

from playground.page.blockkit.scene import Json, Scene, text_object
from playground.page.html import Html, el


def confirm_template(element: Json, scene: Scene) -> Html | None:
    """Draw the confirm dialog of *element*, if it has one."""
    confirm = element.get("confirm")
    if not confirm:
        return None
    style = "btn danger" if confirm.get("style") == "danger" else "btn primary"
    dialog = el(
        "dialog",
        el("h2", text_object(confirm.get("title"), scene) or "Are you sure?"),
        el("div", text_object(confirm.get("text"), scene), class_="dialog-body"),
        el(
            "footer",
            el("button", text_object(confirm.get("deny"), scene) or "Cancel", type="button", class_="btn", value="no"),
            el(
                "button",
                text_object(confirm.get("confirm"), scene) or "Yes",
                type="button",
                class_=style,
                value="yes",
                autofocus=True,
            ),
        ),
        class_="confirm",
    )
    return el("template", dialog)
