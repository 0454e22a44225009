"""What each person has read: unread messages and mentions per conversation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from playground.slack.values import Channel, ChannelKind, Message
from playground.slack.workspace import Workspace

_MENTION = re.compile(r"<@(\w+)|<!subteam\^(\w+)|<!(here|channel|everyone)\b")
_BROADCASTS = frozenset({"here", "channel", "everyone"})
# Nobody counts further, and a page must not either.
_MOST = 50


@dataclass(frozen=True, slots=True)
class Unread:
    """How much is new in a conversation; *mentions* is the number on the red badge."""

    messages: int = 0
    mentions: int = 0


@dataclass(slots=True)
class Reading:
    """The last message that each person has seen in each conversation."""

    _seen: dict[tuple[str, str], str] = field(default_factory=dict)
    _mentioned: dict[tuple[str, str], tuple[Message, frozenset[str]]] = field(default_factory=dict)

    def mark(self, person: str, channel: str, ts: str) -> None:
        """Note that *person* has seen everything up to *ts*."""
        self._seen[person, channel] = max(ts, self._seen.get((person, channel), ""))

    def unread(self, person: str, channel: Channel, workspace: Workspace) -> Unread:
        """Count what is new to *person* in *channel*."""
        fresh = list(islice(self._fresh(person, channel, workspace), _MOST))
        if channel.kind is ChannelKind.IM:
            return Unread(len(fresh), len(fresh))
        groups = {group.id for group in workspace.usergroups.values() if person in group.users}
        mine = {person, *groups, *_BROADCASTS}
        return Unread(len(fresh), sum(not mine.isdisjoint(self._mentions(message)) for message in fresh))

    def _fresh(self, person: str, channel: Channel, workspace: Workspace) -> Iterator[Message]:
        seen = self._seen.get((person, channel.id), "")
        for message in reversed(workspace.messages.get(channel.id, {}).values()):
            if message.ts <= seen:
                return
            if message.user != person and not message.is_reply:
                yield message

    def _mentions(self, message: Message) -> frozenset[str]:
        """Whom a message names; looked up once for each state that it has been in."""
        known = self._mentioned.get((message.channel, message.ts))
        if known is None or known[0] is not message:
            words = f"{message.text}{message.blocks}{message.attachments}"
            known = message, frozenset(name for found in _MENTION.findall(words) for name in found if name)
            self._mentioned[message.channel, message.ts] = known
        return known[1]
