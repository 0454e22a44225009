"""What goes to Slack: values that the outbox stores and the sender delivers."""

from enum import IntEnum

import msgspec

from bot.model.plan import Json


class Lane(IntEnum):
    """Who goes first when Slack's budget is short."""

    APPROVAL = 0
    ALERT = 1
    ANSWER = 2
    PROGRESS = 3


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rendered message; made by `bot/render` only."""

    text: str
    """What a notification shows, escaped: the headline."""
    blocks: list[dict[str, Json]] = []
    color: str = ""
    """Hexadecimal; the blocks are then wrapped in one attachment with that bar. Never for a whisper."""
    lines: dict[str, str] = {}
    """Button id → the command line behind it; stored with the message, so that a click names an id and nothing else."""


class Card(msgspec.Struct, frozen=True, tag="card", omit_defaults=True):
    """A message that exists once per key:
    posted when new, edited when its key was posted before, the latest version wins.
    """

    key: str
    """`operation:<id>`, `operation:<id>:dm:<user>`, `incident:<id>`, `incident:<id>:line:<n>`, `reply:<inbox key>`."""
    channel: str
    """Channel id, or a user id for a direct message."""
    message: Message
    lane: Lane = Lane.ANSWER
    parent: str = ""
    """Key of the card in whose thread it goes; delivered after that one."""
    thread_ts: str = ""
    """Or: a thread that a person started."""
    origin_key: str = ""
    """Key of the deed it answers, for the response_url when the bot is not in the channel."""
    namespace: str = ""
    """Whose trouble it tells: in a storm the namespaces of a channel take turns."""


class Whisper(msgspec.Struct, frozen=True, tag="whisper", omit_defaults=True):
    """A message that only one person sees (ephemeral), sent once."""

    key: str
    channel: str
    user: str
    message: Message
    origin_key: str = ""
    """Key of the deed it answers: its response_url, where still held in memory,
    serves when the bot is not in the channel.
    """
    thread_ts: str = ""
    lane: Lane = Lane.ANSWER


class Document(msgspec.Struct, frozen=True, tag="document", omit_defaults=True):
    """A file in a channel or thread, sent once."""

    key: str
    channel: str
    name: str
    content: bytes
    title: str = ""
    alt_text: str = ""
    parent: str = ""
    """Key of the card in whose thread it goes; delivered after that one."""
    beside: str = ""
    """Or: key of the card that it follows, in the same place."""
    thread_ts: str = ""
    lane: Lane = Lane.ANSWER

    @property
    def follows(self) -> str:
        """Key of the card that goes before it."""
        return self.parent or self.beside


class ViewContent(msgspec.Struct, frozen=True, tag="view"):
    """New content for an open modal, latest wins."""

    key: str
    view_id: str
    view: dict[str, Json]
    lane: Lane = Lane.APPROVAL
    lines: dict[str, str] = {}
    """As Message.lines: what the opaque ids in the view stand for."""


class HomeContent(msgspec.Struct, frozen=True, tag="home_content"):
    """A person's App Home, latest wins."""

    key: str
    user: str
    view: dict[str, Json]
    lane: Lane = Lane.PROGRESS
    lines: dict[str, str] = {}
    """As Message.lines."""


class Reaction(msgspec.Struct, frozen=True, tag="reaction", omit_defaults=True):
    """How far a person's message is looked after, as an emoji on it; latest wins."""

    key: str
    channel: str
    ts: str
    name: str
    instead_of: str = ""
    """The one that goes."""
    lane: Lane = Lane.ANSWER


Outgoing = Card | Whisper | Document | ViewContent | HomeContent | Reaction
