"""Faces: a coloured square with an initial, drawn as SVG so that no style attribute and no download is needed."""

import re

from playground.page.html import Html, el, text
from playground.slack.values import Person

_COLOUR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def colour_of(value: str, fallback: str) -> str:
    """Give a CSS colour for what may be one; never anything else."""
    match = _COLOUR.fullmatch(value)
    return f"#{match[1]}" if match else fallback


def avatar(person: Person, *, size: str = "") -> Html:
    """Draw a person's face."""
    sign = "⎈" if person.is_bot else (person.name or "?")[0].upper()
    return _square(sign, colour_of(person.colour, "#4a154b"), size)


def sign_avatar(sign: str) -> Html:
    """Draw a face that is an emoji, as `icon_emoji` asks for."""
    return _square(sign, "#8881", "")


def _square(sign: str, colour: str, size: str) -> Html:
    label = 'x="18" y="24.5" text-anchor="middle" font-size="18" font-weight="700" fill="#fff"'
    drawn = (
        '<svg viewBox="0 0 36 36" aria-hidden="true">'
        f'<rect width="36" height="36" rx="7" fill="{text(colour)}"/><text {label}>{text(sign)}</text></svg>'
    )
    return el("span", Html(drawn), class_=f"avatar {size}".rstrip())
