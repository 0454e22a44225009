"""What hangs below a message: attachments behind their colour bar, and files."""

from collections.abc import Iterable
from urllib.parse import quote

from playground.page.avatars import colour_of
from playground.page.blockkit import Json, Scene, draw_blocks
from playground.page.blockkit.pictures import FILES, picture
from playground.page.html import Html, el, join, link, text
from playground.page.mrkdwn import mrkdwn
from playground.slack.values import File

_NAMED = {"good": "#2eb886", "warning": "#daa038", "danger": "#a30200"}
# Slack previews the first lines of text; more is one click away. A zero byte says that it is no text.
_PREVIEW_LINES = 6
_PREVIEW_BYTES = 2_000


def draw_attachments(attachments: Iterable[Json], scene: Scene) -> Html:
    """Draw *attachments* in order."""
    return join(*(_attachment(attachment, scene) for attachment in attachments))


def _attachment(attachment: Json, scene: Scene) -> Html:
    colour = str(attachment.get("color") or "")
    shown = _NAMED.get(colour) or colour_of(colour, "#8884")
    bar = Html(f'<svg class="bar" aria-hidden="true"><rect width="100%" height="100%" fill="{text(shown)}"/></svg>')
    blocks = attachment.get("blocks")
    body = draw_blocks(blocks, scene) if blocks else _legacy(attachment, scene)
    pretext = attachment.get("pretext")
    before = el("div", mrkdwn(str(pretext), scene.names)) if pretext else None
    return join(before, el("div", bar, el("div", body, class_="attached"), class_="attachment"))


def _legacy(attachment: Json, scene: Scene) -> Html:
    title = str(attachment.get("title") or "")
    words = str(attachment.get("text") or attachment.get("fallback") or "")
    fields = [
        el("div", el("b", str(field.get("title", ""))), el("div", mrkdwn(str(field.get("value", "")), scene.names)))
        for field in attachment.get("fields") or ()
    ]
    return join(
        el("small", str(attachment["author_name"])) if attachment.get("author_name") else None,
        el("b", link(str(attachment.get("title_link") or ""), title)) if title else None,
        el("div", mrkdwn(words, scene.names)) if words else None,
        el("div", *fields, class_="fields") if fields else None,
        el("small", str(attachment["footer"])) if attachment.get("footer") else None,
    )


def draw_files(files: Iterable[File]) -> Html:
    """Draw pictures as pictures, text as its first lines, everything as something to download."""
    return join(*(_file(file) for file in files))


def _file(file: File) -> Html:
    url = f"{FILES}{file.id}/{quote(file.name, safe='')}"
    title = el("a", f"📄 {file.title or file.name}", href=url, download=file.name)
    if file.mimetype.startswith("image/"):
        shown = picture({"image_url": url, "alt_text": file.alt_txt or file.title}, class_="picture")
        return el("figure", el("figcaption", title), shown)
    size = el("small", f" {len(file.content):,} bytes")
    preview = _preview(file)
    return el("div", el("div", title, size), el("pre", preview) if preview else None, class_="card file")


def _preview(file: File) -> str:
    head = file.content[:_PREVIEW_BYTES]
    if b"\0" in head:
        return ""
    lines = head.decode("utf-8", "replace").splitlines()
    return "\n".join([*lines[:_PREVIEW_LINES], *(["…"] if len(lines) > _PREVIEW_LINES else [])])
