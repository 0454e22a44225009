"""Pictures: the page loads only its own files, so a picture from elsewhere is a link with its alt text."""

import re

from playground.page.blockkit.scene import Json
from playground.page.html import Html, el, link

# Where this page serves what was uploaded, for people; the app gets it elsewhere, with its token.
FILES = "/_page/files/"
_PATH = re.compile(r"[\w-]+/[\w.%-]+")


def picture(element: Json, *, class_: str) -> Html:
    """Draw an image element or block."""
    alt = str(element.get("alt_text", ""))
    kept = element.get("slack_file") or {}
    source = f"{FILES}{kept['id']}/picture" if "id" in kept else str(kept.get("url") or element.get("image_url", ""))
    if own := own_file(source):
        return el("img", src=own, alt=alt, class_=class_, loading="lazy")
    return el("span", link(source, f"🖼 {alt or 'image'}"), class_=f"{class_} elsewhere")


def own_file(url: str) -> str | None:
    """Give the path on this page for a file that the practice Slack itself keeps, or None."""
    _, found, name = url.partition("/files/")
    return f"{FILES}{name}" if found and _PATH.fullmatch(name) else None
