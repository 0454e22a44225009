"""What Slack calls each kind of conversation: in lists, in scopes and subscriptions, in events."""

from collections.abc import Mapping
from dataclasses import dataclass

from playground.slack.values import ChannelKind


@dataclass(frozen=True, slots=True)
class Words:
    listed: str
    """As in the types of conversations.list."""
    family: str
    """As in the scope channels:read and in the subscription message.channels."""
    event: str
    """As in an event's channel_type."""

    @property
    def subscription(self) -> str:
        return f"message.{self.family}"


WORDS: Mapping[ChannelKind, Words] = {
    ChannelKind.PUBLIC: Words("public_channel", "channels", "channel"),
    ChannelKind.PRIVATE: Words("private_channel", "groups", "group"),
    ChannelKind.IM: Words("im", "im", "im"),
}
