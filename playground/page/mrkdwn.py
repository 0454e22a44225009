"""Slack's mrkdwn as HTML: code first, then links and mentions, then emphasis, emoji and newlines.

Entities are decoded exactly once and everything is escaped again on the way out, so nothing that a text
contains can become markup of its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playground.page.dates import date_token
from playground.page.emoji import glyph
from playground.page.html import Html, el, join, link, text
from playground.page.names import Names

_FENCE = re.compile(r"```\n?(.+?)\n?```\n?", re.DOTALL)
_QUOTE = re.compile(r"(?:&gt;|>) ?")
_ATOM = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|:(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):"
    r"|(?P<url>https?://[^\s<>|`]+[^\s<>|`.,;:!?)\]'\"*_~])"
    r"|(?P<mark>[*_~])"
    r"|(?P<newline>\n)"
)
_EMPHASIS = {"*": "b", "_": "i", "~": "s"}
_BROADCASTS = ("here", "channel", "everyone")


@dataclass(frozen=True, slots=True)
class _Token:
    html: Html
    mark: str = ""
    opens: bool = False
    closes: bool = False
    breaks: bool = False


def mrkdwn(source: str, names: Names, *, verbatim: bool = False) -> Html:
    """Render *source* for one reader; with *verbatim* bare URLs stay text."""
    parts: list[Html] = []
    position = 0
    for fence in _FENCE.finditer(source):
        parts.append(_quoted(source[position : fence.start()].removesuffix("\n"), names, verbatim))
        parts.append(el("pre", _decoded(_shown(fence[1]))))
        position = fence.end()
    parts.append(_quoted(source[position:], names, verbatim))
    return join(*parts)


def plain(source: str, *, emoji: bool = True) -> Html:
    """Render a plain_text object: only emoji names and newlines mean something."""
    lines = (_with_emoji(line) if emoji else text(line) for line in source.split("\n"))
    return Html(el("br").join(lines))


def _with_emoji(line: str) -> Html:
    return Html(re.sub(r":([a-z0-9_+'-]+):", lambda match: text(glyph(match[1]) or match[0]), text(line)))


def _decoded(source: str) -> Html:
    """Escape text whose `&amp; &lt; &gt;` stand for the characters themselves, so that each is shown once."""
    return text(source.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _shown(code: str) -> str:
    """Show links inside code by their label, as Slack does; everything else stays as typed."""
    return re.sub(r"<(?:https?|mailto):[^<>|\n]*\|([^<>\n]+)>|<((?:https?|mailto):[^<>|\n]+)>", r"\1\2", code)


def _quoted(source: str, names: Names, verbatim: bool) -> Html:
    """Group lines into quotes and paragraphs; `>>>` quotes all that follows."""
    head, triple, tail = _split_triple(source)
    parts: list[Html] = []
    for quoted, lines in _runs(head.split("\n") if head else []):
        body = _inline("\n".join(lines), names, verbatim)
        parts.append(el("blockquote", body) if quoted else body)
    if triple:
        parts.append(el("blockquote", _inline(tail, names, verbatim)))
    return join(*parts)


def _split_triple(source: str) -> tuple[str, bool, str]:
    match = re.search(r"^(?:&gt;|>){3} ?", source, re.MULTILINE)
    if match is None:
        return source, False, ""
    return source[: match.start()].removesuffix("\n"), True, source[match.end() :]


def _runs(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    run: list[str] = []
    quoting = False
    for line in lines:
        match = _QUOTE.match(line)
        if (match is not None) != quoting and run:
            yield quoting, run
            run = []
        quoting = match is not None
        run.append(line[match.end() :] if match else line)
    if run:
        yield quoting, run


def _inline(source: str, names: Names, verbatim: bool) -> Html:
    return _emphasise(list(_tokens(source, names, verbatim)), frozenset())


def _tokens(source: str, names: Names, verbatim: bool) -> Iterator[_Token]:
    position = 0
    for match in _ATOM.finditer(source):
        if match.start() > position:
            yield _Token(_decoded(source[position : match.start()]))
        position = match.end()
        yield _token(match, source, names, verbatim)
    if position < len(source):
        yield _Token(_decoded(source[position:]))


def _token(match: re.Match[str], source: str, names: Names, verbatim: bool) -> _Token:
    whole = match[0]
    match match.lastgroup:
        case "code":
            return _Token(el("code", _decoded(_shown(match["code"]))))
        case "angle":
            return _Token(_angle(match["angle"], names))
        case "emoji":
            return _Token(text(glyph(match["emoji"]) or whole))
        case "url":
            return _Token(_decoded(whole) if verbatim else link(whole.replace("&amp;", "&"), _decoded(whole)))
        case "newline":
            return _Token(el("br"), breaks=True)
        case _:
            before, after = source[: match.start()][-1:], source[match.end() :][:1]
            opens = not _is_word(before) and bool(after) and not after.isspace() and after != whole
            closes = not _is_word(after) and bool(before) and not before.isspace() and before != whole
            return _Token(text(whole), mark=whole, opens=opens, closes=closes)


def _is_word(character: str) -> bool:
    return character.isalnum()


def _emphasise(tokens: Sequence[_Token], inside: frozenset[str]) -> Html:
    """Pair opening and closing marks on one line; a mark without its pair is shown as typed."""
    closers = _closers(tokens)
    parts: list[Html] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        closer = closers[index] if token.opens and token.mark not in inside else None
        if closer is None:
            parts.append(token.html)
        else:
            body = _emphasise(tokens[index + 1 : closer], inside | {token.mark})
            parts.append(el(_EMPHASIS[token.mark], body))
            index = closer
        index += 1
    return join(*parts)


def _closers(tokens: Sequence[_Token]) -> list[int | None]:
    """For each token, the next closing mark of its kind on the same line, found in one pass from the end."""
    following: list[int | None] = [None] * len(tokens)
    nearest: dict[str, int] = {}
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.breaks:
            nearest.clear()
        if token.mark:
            following[index] = nearest.get(token.mark)
            if token.closes:
                nearest[token.mark] = index
    return following


def _angle(inner: str, names: Names) -> Html:
    body, _, label = inner.partition("|")
    match body[:1]:
        case "@":
            return person_mention(body[1:], names, label)
        case "#":
            return channel_mention(body[1:], names, label)
        case "!":
            return _special(body[1:], label, names)
        case _:
            target = body.replace("&amp;", "&")
            if ":" not in target:
                return _decoded(f"<{inner}>")
            return link(target, _decoded(label or body.removeprefix("mailto:")))


def person_mention(person: str, names: Names, label: str = "") -> Html:
    """Mention a person, marked when it is the reader."""
    name = names.people.get(person) or label or person
    return el("span", f"@{name}", class_="mention me" if person == names.me else "mention", data_person=person)


def channel_mention(channel: str, names: Names, label: str = "") -> Html:
    """Mention a channel, as a link that opens it where the reader may see it."""
    name = names.channels.get(channel)
    if name is None:
        return el("span", f"#{label or 'private channel'}", class_="mention")
    return el("button", f"#{name}", type="button", class_="mention", data_do="open", data_channel=channel)


def group_mention(group: str, names: Names, label: str = "") -> Html:
    """Mention a user group, marked when the reader belongs to it."""
    handle = names.groups.get(group) or label.removeprefix("@") or group
    return el("span", f"@{handle}", class_="mention me" if group in names.my_groups else "mention")


def broadcast_mention(span: str) -> Html:
    """Mention everybody who is here; it always concerns the reader."""
    return el("span", f"@{span}", class_="mention me")


def _special(body: str, label: str, names: Names) -> Html:
    kind, *arguments = body.split("^")
    if kind in _BROADCASTS:
        return broadcast_mention(kind)
    if kind == "subteam" and arguments:
        return group_mention(arguments[0], names, label)
    if kind == "date" and len(arguments) >= 2:
        shown = date_token(arguments[0], _plain_entities(arguments[1]), names) or _plain_entities(label)
        return link(arguments[2], shown) if len(arguments) > 2 else el("time", shown, title=_plain_entities(label))
    return _decoded(label or f"<!{body}>")


def _plain_entities(source: str) -> str:
    return source.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
