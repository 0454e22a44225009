"""Slack's message markup → the text that a person typed; pure."""

import html
import re

_ANGLE = re.compile(r"<([^<>]+)>")


def plain_text(text: str) -> str:
    """Take `<@U1|name>`, `<#C1|name>`, `<http://x|x>` and entities back to `@U1`, `#C1`, `x`, `<`.

    People and channels become their ids: the name beside the id is not to be trusted.
    """
    return _entities(_ANGLE.sub(_replacement, text)).strip()


def text_after_mention(text: str, user_id: str) -> str:
    """The words after the first mention of *user_id*; the whole text when it is not mentioned."""
    mention = re.search(rf"<@{re.escape(user_id)}(?:\|[^<>]*)?>", text)
    return plain_text(text[mention.end() :] if mention else text)


def _replacement(match: re.Match[str]) -> str:
    target, _, label = match[1].partition("|")
    if target[0] in "@#":
        return target
    if target[0] == "!":
        return label or f"@{target.removeprefix('!').split('^')[-1]}"
    return label or target.removeprefix("mailto:")


def _entities(text: str) -> str:
    """Undo `&lt; &gt; &amp;`, each once; no other entity is Slack's."""
    return re.sub(r"&(?:lt|gt|amp);", lambda match: html.unescape(match[0]), text)
