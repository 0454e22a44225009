"""What a workspace is made of: people, channels, messages, views, files. Frozen values; the workspace replaces them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class ChannelKind(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"
    IM = "im"


class Presence(StrEnum):
    ACTIVE = "active"
    AWAY = "away"


class ViewType(StrEnum):
    MODAL = "modal"
    HOME = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member as users.info sees one; the app's bot user is a person too (is_bot)."""

    id: str
    name: str
    real_name: str
    team_id: str
    title: str = ""
    colour: str = "4a154b"
    email: str | None = None
    tz: str = "Europe/Berlin"
    tz_offset: int = 3600
    presence: Presence = Presence.ACTIVE
    is_admin: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGroup:
    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()
    date_delete: int = 0
    is_idp_group: bool = False
    is_membership_locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A public or private channel, or a direct conversation of two members (kind im; its name is empty)."""

    id: str
    name: str
    kind: ChannelKind = ChannelKind.PUBLIC
    members: tuple[str, ...] = ()
    topic: str = ""
    purpose: str = ""
    created: int = 0
    creator: str = ""
    is_ext_shared: bool = False
    is_archived: bool = False
    pins: tuple[str, ...] = ()
    bookmarks: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    user: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    id: str
    name: str
    title: str
    user: str
    created: int
    content: bytes = b""
    mimetype: str = "application/octet-stream"
    filetype: str = "binary"
    snippet_type: str | None = None
    alt_txt: str = ""
    shares: tuple[tuple[str, str], ...] = ()
    """(channel, ts) of each message that shows the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; ephemeral_to names the only person who sees it. A parent keeps the count of its replies."""

    channel: str
    ts: str
    user: str | None
    text: str = ""
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    username: str | None = None
    icon_emoji: str | None = None
    icon_url: str | None = None
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    edited: Edited | None = None
    metadata: Json | None = None
    ephemeral_to: str | None = None
    reactions: tuple[Reaction, ...] = ()
    files: tuple[str, ...] = ()
    broadcast: bool = False
    streaming: bool = False
    reply_count: int = 0
    reply_users: tuple[str, ...] = ()
    latest_reply: str | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def all_blocks(self) -> tuple[Json, ...]:
        """The message's own blocks and those inside its attachments, in the order in which they are drawn."""
        return self.blocks + tuple(block for part in self.attachments for block in part.get("blocks") or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A modal on one person's stack, or one person's App Home. state holds Slack's state.values as last known."""

    id: str
    person: str
    type: ViewType
    hash: str
    title: Json | None = None
    submit: Json | None = None
    close: Json | None = None
    blocks: tuple[Json, ...] = ()
    callback_id: str = ""
    private_metadata: str = ""
    external_id: str = ""
    root_view_id: str = ""
    previous_view_id: str | None = None
    clear_on_close: bool = False
    notify_on_close: bool = False
    submit_disabled: bool = False
    state: Json = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    """Text under a field, by block_id, from response_action errors; gone with the next change."""
