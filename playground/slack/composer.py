"""What Slack's composer makes of typed text: entities escaped, people, groups, channels and links marked up."""

import re
from collections.abc import Callable

from playground.slack.workspace import Workspace

_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_MARK = re.compile(r"(?P<url>https?://[^\s<>|]+)|(?<![\w&])(?P<sigil>[@#])(?P<name>[\w][\w.-]*)")
_BROADCASTS = ("here", "channel", "everyone")


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def marked_up(text: str, workspace: Workspace, *, labels: bool) -> str:
    """Escape *text* and mark up what it mentions; with *labels* as in a slash command: <@U1|name>."""
    mark = _marker(workspace, labels=labels)
    parts = _CODE.split(escape(text))
    return "".join(part if part.startswith("`") else _MARK.sub(mark, part) for part in parts)


def _marker(workspace: Workspace, *, labels: bool) -> Callable[[re.Match[str]], str]:
    def mark(match: re.Match[str]) -> str:
        if match["url"]:
            return f"<{match['url']}>"
        name = match["name"].rstrip(".-")
        rest = match["name"][len(name) :]
        marked = _channel(name, workspace) if match["sigil"] == "#" else _mention(name, workspace, labels=labels)
        return f"{marked}{rest}" if marked else match[0]

    return mark


def _channel(name: str, workspace: Workspace) -> str | None:
    channel = workspace.channel(name)
    return f"<#{channel.id}|{channel.name}>" if channel is not None and channel.name else None


def _mention(name: str, workspace: Workspace, *, labels: bool) -> str | None:
    if name in _BROADCASTS:
        return f"<!{name}>"
    if (person := workspace.person(name)) is not None:
        return f"<@{person.id}|{person.name}>" if labels else f"<@{person.id}>"
    if (group := workspace.usergroup(name)) is not None:
        return f"<!subteam^{group.id}|@{group.handle}>" if labels else f"<!subteam^{group.id}>"
    return None
