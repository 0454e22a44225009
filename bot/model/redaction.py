"""Secrets in free text are replaced by what they were: `‹redacted token›`. Pure, linear, applied before any cut.

What has a shape of its own (keys, JWTs, tokens of known makers, credentials in URLs) goes wherever it stands; what has
none goes by the word before it (`password=…`, `"apiKey": "…"`, `--token …`, `Authorization: Bearer …`). Signs that show
nothing are dropped first: `pass\\x1b[0mword=…` would be read as what it is, once it is drawn without its colours.
"""

import base64
import binascii
import re
from collections.abc import Callable

from bot.model.secret_shapes import BLOB, HINTS, NAMED, PEM, SAYING, SECRET_NAME, URLS, WHOLE, Shape
from bot.model.visible import seen

VALUE = "‹redacted value›"


def redact(text: str) -> str:
    """Replace each secret in *text* by `‹redacted …›`; run again, it changes nothing more."""
    return _redacted(BLOB.sub(_opened, seen(text)))


def names_a_secret(name: str) -> bool:
    """Whether what is called *name* is one: `DB_PASSWORD`, `apiKey`."""
    return SECRET_NAME.search(name) is not None


def _redacted(text: str) -> str:
    lowered = text.lower()
    if not any(hint in lowered for hint in HINTS):
        return text
    text = PEM.sub(lambda found: f"‹redacted {found[1].lower()}›", text)
    for shape in URLS:
        if _may_hold(lowered, shape):
            text = shape.pattern.sub(rf"\1‹redacted {shape.what}›@", text)
    for shape in WHOLE:
        if _may_hold(lowered, shape):
            text = shape.pattern.sub(f"‹redacted {shape.what}›", text)
    for shape in NAMED:
        if _may_hold(lowered, shape):
            text = shape.pattern.sub(_hiding(shape.what), text)
    return text


def _may_hold(lowered: str, shape: Shape) -> bool:
    return any(hint in lowered for hint in shape.hints)


def _hiding(what: str) -> Callable[[re.Match[str]], str]:
    """Make the replacement that keeps the name before a secret and its opening quote."""

    def hidden(found: re.Match[str]) -> str:
        secret = found["secret"]
        if "‹redacted" in secret or secret.lower() in SAYING:
            return found[0]
        return f"{found['before']}{found['quote'] or ''}‹redacted {what}›"

    return hidden


def _opened(found: re.Match[str]) -> str:
    """A run of base64 that holds a secret in plain words goes whole: decoding it takes anybody a second."""
    try:
        inside = base64.b64decode(found[0] + "=" * (-len(found[0]) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return found[0]
    return "‹redacted base64›" if _redacted(inside) != inside else found[0]
