"""Text from people and clusters, made harmless: nothing invisible, nothing that Slack would parse, nothing too long."""

import re
import unicodedata
from collections.abc import Iterator

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
"""CSI and OSC sequences and two-byte escapes, as ECMA-48 writes them."""

_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Unicode categories that show nothing: controls, bidi and zero-width formats, private use, surrogates, line ends."""

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks by their category, but blank to the eye: enough of them would fake a line of its own."""

_MARKS_AT_MOST = 4
"""Over one letter; no script has more, and a pile of them covers the lines above."""

ELLIPSIS = "…"


def clean(text: str) -> str:
    """Strip ANSI sequences, control, bidi and zero-width characters; newlines stay, tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    text = _ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "".join(_visible(text))


def _visible(text: str) -> Iterator[str]:
    marks = 0
    for sign in text:
        category = unicodedata.category(sign)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if sign == "\n" or not (category in _INVISIBLE or sign in _BLANK or marks > _MARKS_AT_MOST):
            yield sign


def inline(text: str, limit: int) -> str:
    """*text* as part of one line: cleaned, line breaks as spaces, cut to *limit* characters."""
    return cut(" ".join(clean(text).split()), limit)


def cut(text: str, limit: int) -> str:
    """At most *limit* characters, never between a sign and its accents, with an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    end = limit - len(ELLIPSIS)
    while end > 0 and unicodedata.category(text[end]).startswith("M"):
        end -= 1
    return text[:end] + ELLIPSIS


def mrkdwn(text: str) -> str:
    """*text* for a field that Slack parses: cleaned, and without live mention, link or entity."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def head(text: str, limit: int, line_limit: int) -> str:
    """The first lines of *text* that fit into *limit* characters, each line cut to *line_limit*."""
    return _fitting(_short_lines(text, line_limit), limit)


def tail(text: str, limit: int, line_limit: int) -> str:
    """The last lines of *text* that fit: of a log, the newest."""
    newest_first = _fitting("\n".join(reversed(_short_lines(text, line_limit).split("\n"))), limit)
    return "\n".join(reversed(newest_first.split("\n")))


def _short_lines(text: str, line_limit: int) -> str:
    return "\n".join(cut(line, line_limit) for line in clean(text).split("\n"))


def _fitting(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[: limit - len(ELLIPSIS)]
    return kept[: kept.rfind("\n") + 1 or None] + ELLIPSIS
