"""Standard Markdown of the `markdown` block as HTML: the parts that Slack draws, nothing else passes as markup."""

import re
from collections.abc import Callable, Iterator
from itertools import groupby

from playground.page.emoji import glyph
from playground.page.html import Html, el, join, link, text

_FENCE = re.compile(r"^(`{3,}|~{3,})[^\n]*\n(.*?)(?:\n\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BULLET = re.compile(r"(\s*)(?:[-*+]|(\d+)[.)])\s+(?:\[([ xX])\]\s+)?(.*)")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")
_SPAN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|!?\[(?P<label>[^\]\n]*)\]\((?P<target>[^)\s]+)\)"
    r"|(?P<url>https?://[^\s<>|`]+[^\s<>|`.,;:!?)\]'\"*_~])"
    r"|\*\*(?P<bold>[^*\n]+)\*\*|__(?P<bold2>[^_\n]+)__"
    r"|~~(?P<strike>[^~\n]+)~~"
    r"|\*(?P<italic>[^*\s][^*\n]*)\*|(?<!\w)_(?P<italic2>[^_\s][^_\n]*)_(?!\w)"
    r"|:(?P<emoji>[a-z0-9_+'-]+):"
    r"|\\(?P<escaped>[\\`*_{}\[\]()#+.!~|>-])"
)
_TAGS = {"bold": "b", "bold2": "b", "strike": "s", "italic": "i", "italic2": "i"}


def markdown(source: str) -> Html:
    """Render *source*."""
    parts: list[Html] = []
    position = 0
    for fence in _FENCE.finditer(source):
        parts.append(_blocks(source[position : fence.start()]))
        parts.append(el("pre", fence[2]))
        position = fence.end()
    return join(*parts, _blocks(source[position:]))


def _blocks(source: str) -> Html:
    runs = groupby(source.split("\n"), key=_kind)
    return join(*(_RUNS[kind](list(lines)) for kind, lines in runs))


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    if _HEADING.fullmatch(line):
        return "heading"
    if _RULE.fullmatch(line):
        return "rule"
    if _BULLET.fullmatch(line):
        return "list"
    if line.startswith(">"):
        return "quote"
    return "table" if line.lstrip().startswith("|") else "text"


def _headings(lines: list[str]) -> Html:
    found = filter(None, map(_HEADING.fullmatch, lines))
    return join(*(el(f"h{min(len(match[1]) + 2, 6)}", _inline(match[2])) for match in found))


def _list(lines: list[str]) -> Html:
    items = [match for line in lines if (match := _BULLET.fullmatch(line))]
    drawn = (
        el("li", _box(item[3]), _inline(item[4]), class_=f"indent-{min(len(item[1]) // 2, 8)}", value=item[2])
        for item in items
    )
    return el("ol" if items[0][2] else "ul", *drawn)


def _box(mark: str | None) -> Html | None:
    return None if mark is None else text("☐ " if mark == " " else "☑ ")


def _table(lines: list[str]) -> Html:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    ruled = len(rows) > 1 and all(re.fullmatch(r":?-+:?", cell) for cell in rows[1])
    head, body = (rows[:1], rows[2:]) if ruled else ([], rows)
    drawn = el("table", el("thead", *_rows(head, "th")), el("tbody", *_rows(body, "td")))
    return el("div", drawn, class_="table", tabindex=0, role="region", aria_label="Table")


def _rows(rows: list[list[str]], tag: str) -> Iterator[Html]:
    return (el("tr", *(el(tag, _inline(cell)) for cell in row)) for row in rows)


def _paragraph(lines: list[str]) -> Html:
    return el("p", Html("<br>".join(_inline(line) for line in lines)))


_RUNS: dict[str, Callable[[list[str]], Html]] = {
    "blank": lambda _lines: Html(),
    "heading": _headings,
    "rule": lambda _lines: el("hr"),
    "list": _list,
    "quote": lambda lines: el("blockquote", _blocks("\n".join(line[1:].removeprefix(" ") for line in lines))),
    "table": _table,
    "text": _paragraph,
}


def _inline(source: str) -> Html:
    parts: list[Html] = []
    position = 0
    for match in _SPAN.finditer(source):
        parts.append(text(source[position : match.start()]))
        parts.append(_span(match))
        position = match.end()
    return join(*parts, text(source[position:]))


def _span(match: re.Match[str]) -> Html:
    kind = match.lastgroup or ""
    match kind:
        case "code":
            return el("code", match["code"])
        case "target":
            return link(match["target"], _inline(match["label"]))
        case "url":
            return link(match["url"], match["url"])
        case "emoji":
            return text(glyph(match["emoji"]) or match[0])
        case "escaped":
            return text(match["escaped"])
        case _:
            return el(_TAGS[kind], _inline(match[kind]))
