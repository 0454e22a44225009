"""Secrets in free text are replaced by what they were: `‹redacted token›`. Pure, linear, applied before any cut.

What has a shape of its own (keys, JWTs, tokens of known makers, credentials in URLs) goes wherever it stands; what has
none goes by the word before it (`password=…`, `"apiKey": "…"`, `--token …`, `Authorization: Bearer …`). Signs that show
nothing are dropped first: `pass\\x1b[0mword=…` would be read as what it is, once it is drawn without its colours.
"""

import base64
import binascii
import re
from collections.abc import Callable, Sequence

from bot.model.secret_shapes import BLOB, HINTS, LIKELY_SECRET_NAME, NAMED, PEM, SAYING, SECRET_NAME, URLS, WHOLE, Shape
from bot.model.visible import seen

Standing = Callable[[str, str], str]
"""What it was, and the secret itself → what stands in its place, beginning with `‹redacted`."""

VALUE = "‹redacted value›"
_FLAG = re.compile(r"--?[A-Za-z][\w.-]*")


def named(what: str, secret: str) -> str:
    """Say what it was, and nothing of the secret."""
    del secret
    return f"‹redacted {what}›"


def redact(text: str, standing: Standing = named) -> str:
    """Replace each secret in *text* by `‹redacted …›`; run again, it changes nothing more."""
    return _redacted(BLOB.sub(_opening(standing), seen(text)), standing)


def names_a_secret(name: str) -> bool:
    """Whether the variable or key *name* holds one: `DB_PASSWORD`, `apiKey`, `GITHUB_PAT`."""
    return any(shape.search(name) is not None for shape in (SECRET_NAME, LIKELY_SECRET_NAME))


def redact_words(words: Sequence[str]) -> list[str]:
    """Redact a command whose words are known: a secret is all of its word, whatever blanks and quotes it holds."""
    return [_word(one, before) for one, before in zip(words, ("", *words), strict=False)]


def _word(word: str, before: str) -> str:
    """`--password=…`, and what stands after `--password` unless it is the next option, are hidden whole."""
    flag, is_set, _ = word.partition("=")
    if is_set and _is_secret_flag(flag):
        return f"{flag}={VALUE}"
    return VALUE if word and _is_secret_flag(before) and not _FLAG.match(word) else redact(word)


def _is_secret_flag(word: str) -> bool:
    return _FLAG.fullmatch(word) is not None and SECRET_NAME.search(word) is not None


def _redacted(text: str, standing: Standing) -> str:
    lowered = text.lower()
    if not any(hint in lowered for hint in HINTS):
        return text
    text = PEM.sub(lambda found: standing(found[1].lower(), found[0]), text)
    for shape in URLS:
        if _may_hold(lowered, shape):
            text = shape.pattern.sub(_before_at(shape.what, standing), text)
    for shape in WHOLE:
        if _may_hold(lowered, shape):
            text = shape.pattern.sub(_whole(shape.what, standing), text)
    for shape in NAMED:
        if _may_hold(lowered, shape):
            text = shape.pattern.sub(_hiding(shape.what, standing), text)
    return text


def _may_hold(lowered: str, shape: Shape) -> bool:
    return any(hint in lowered for hint in shape.hints)


def _before_at(what: str, standing: Standing) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{found[1]}{standing(what, found[0].removeprefix(found[1]).removesuffix('@'))}@"


def _whole(what: str, standing: Standing) -> Callable[[re.Match[str]], str]:
    return lambda found: standing(what, found[0])


def _hiding(what: str, standing: Standing) -> Callable[[re.Match[str]], str]:
    """Make the replacement that keeps the name before a secret and its opening quote."""

    def hidden(found: re.Match[str]) -> str:
        secret = found["secret"]
        if "‹redacted" in secret or secret.lower() in SAYING:
            return found[0]
        return f"{found['before']}{found['quote'] or ''}{standing(what, secret)}"

    return hidden


def _opening(standing: Standing) -> Callable[[re.Match[str]], str]:
    """Make what takes away a run of base64 that holds a secret in plain words: decoding it takes anybody a second."""

    def opened(found: re.Match[str]) -> str:
        try:
            inside = base64.b64decode(found[0] + "=" * (-len(found[0]) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return found[0]
        return standing("base64", found[0]) if _redacted(inside, named) != inside else found[0]

    return opened
