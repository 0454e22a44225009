"""Text from people and clusters, made harmless: nothing invisible, nothing that Slack would parse, nothing too long."""

import unicodedata
from collections.abc import Iterator

from bot.model.visible import ANSI, is_hidden

_MARKS_AT_MOST = 4
"""Over one letter; no script has more, and a pile of them covers the lines above."""

ELLIPSIS = "…"


def clean(text: str) -> str:
    """Strip ANSI sequences, control, bidi and zero-width characters; newlines stay, tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    text = ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "".join(_visible(text))


def _visible(text: str) -> Iterator[str]:
    marks = 0
    for sign in text:
        marks = marks + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        if not is_hidden(sign) and marks <= _MARKS_AT_MOST:
            yield sign


def inline(text: str, limit: int) -> str:
    """*text* as part of one line: cleaned, line breaks as spaces, cut to *limit* characters."""
    return cut(_one_line(text), limit)


def both_ends(text: str, limit: int) -> str:
    """The same, cut in the middle: how a message begins says what failed, how it ends says why."""
    line = _one_line(text)
    if len(line) <= limit:
        return line
    end = line[-(limit // 2) :]
    while end and unicodedata.category(end[0]).startswith("M"):
        end = end[1:]
    return cut(line, limit - len(end)) + end


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


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
