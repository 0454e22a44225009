"""What each person has read: unread messages and mentions per conversation."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from playground.slack.values import Channel, ChannelKind, Message
from playground.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Unread:
    """How much is new in a conversation; *mentions* is the number on the red badge."""

    messages: int = 0
    mentions: int = 0


@dataclass(slots=True)
class Reading:
    """The last message that each person has seen in each conversation."""

    seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def mark(self, person: str, channel: str, ts: str) -> None:
        """Note that *person* has seen everything up to *ts*."""
        self.seen[person, channel] = max(ts, self.seen.get((person, channel), ""))

    def unread(self, person: str, channel: Channel, workspace: Workspace) -> Unread:
        """Count what is new to *person* in *channel*."""
        fresh = list(self._fresh(person, channel, workspace))
        if channel.kind is ChannelKind.IM:
            return Unread(len(fresh), len(fresh))
        forms = mention_forms(person, workspace)
        return Unread(
            len(fresh), sum(any(form in str((m.text, m.blocks, m.attachments)) for form in forms) for m in fresh)
        )

    def _fresh(self, person: str, channel: Channel, workspace: Workspace) -> Iterator[Message]:
        seen = self.seen.get((person, channel.id), "")
        for message in reversed(workspace.messages.get(channel.id, {}).values()):
            if message.ts <= seen:
                return
            if message.user != person and not message.is_reply:
                yield message


def mention_forms(person: str, workspace: Workspace) -> list[str]:
    """How a message may call *person*: by id, by group, or with everybody."""
    groups = [f"<!subteam^{group.id}" for group in workspace.usergroups.values() if person in group.users]
    return [f"<@{person}", "<!here", "<!channel", "<!everyone", *groups]
