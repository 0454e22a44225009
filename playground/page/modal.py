"""The modal on top of a person's stack: title, fields with their errors, submit and close."""

from playground.page.blockkit import Scene, draw_blocks
from playground.page.blockkit.scene import text_of
from playground.page.desk import Desk
from playground.page.html import Html, el
from playground.slack.values import View


def draw_modal(desk: Desk) -> Html:
    """Draw the view on top, or nothing."""
    stack = desk.workspace.views_of(desk.place.person)
    return _view(stack[-1], len(stack), desk) if stack else Html()


def _view(view: View, depth: int, desk: Desk) -> Html:
    scene = Scene(names=desk.names, key=view.id, state=view.state, errors=view.errors, in_view=True)
    title = text_of(view.title)
    cross = el("button", "✕", type="button", class_="btn icon", data_do="close-all", aria_label="Close")
    back = el("button", "‹", type="button", class_="btn icon", data_do="close", aria_label="Back")
    submit = text_of(view.submit) if view.submit else ""
    return el(
        "form",
        el("header", back if depth > 1 else None, el("h2", title, id="modal-title"), cross),
        el("div", draw_blocks(view.blocks, scene), class_="fields-of"),
        el(
            "footer",
            el("button", text_of(view.close) or "Close", type="button", class_="btn", data_do="close"),
            el("button", submit, class_="btn primary", disabled=view.submit_disabled) if submit else None,
        ),
        novalidate=True,
        data_do="submit",
        data_view=view.id,
    )
