"""One Web API call: its arguments, read leniently as Slack does, and what its handler may use."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from playground.slack.admin import Admin
from playground.slack.api_error import ApiError
from playground.slack.background import Background
from playground.slack.envelopes import SocketMode
from playground.slack.events import Events
from playground.slack.installation import Installation, TokenKind
from playground.slack.limits import Tier
from playground.slack.modals import Modals
from playground.slack.values import Channel, ChannelKind, Json, Person
from playground.slack.workspace import Workspace


class Transport(StrEnum):
    """How slack_sdk sends the method; the server takes all of them, the table is for readers and tests."""

    JSON = "POST json"
    FORM = "POST query"
    GET = "GET"


class Args:
    """Arguments by name; booleans arrive as "1" or "true", lists as JSON or separated by commas."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = {name: value for name, value in raw.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.raw

    def text(self, name: str) -> str | None:
        value = self.raw.get(name)
        return None if value is None else str(value)

    def required(self, name: str, *, error: str = "invalid_arguments") -> str:
        value = self.text(name)
        if not value:
            missing = f"missing required field: {name}"
            raise ApiError(error, response_metadata={"messages": [f"[ERROR] {missing}"]})
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.raw.get(name, default)
        return str(value).lower() in ("1", "true")

    def number(self, name: str, *, default: int) -> int:
        try:
            return int(self.raw.get(name, default))
        except (TypeError, ValueError) as error:
            raise ApiError("invalid_arguments") from error

    def names(self, name: str) -> list[str]:
        value = self.structure(name)
        entries = value if isinstance(value, list) else str(value or "").split(",")
        return [str(entry).strip() for entry in entries if str(entry).strip()]

    def structure(self, name: str) -> Any:
        """An object or array, which may have come as a JSON string."""
        value = self.raw.get(name)
        if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Backstage:
    """What the handlers work on."""

    workspace: Workspace
    app: Installation
    modals: Modals
    events: Events
    admin: Admin
    sockets: SocketMode
    background: Background
    address: Callable[[str], str]
    """An absolute http address on this server, for a path."""
    socket_address: Callable[[str], str]
    pending_uploads: dict[str, Json] = field(default_factory=dict)
    scheduled: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    on: Backstage
    args: Args

    @property
    def workspace(self) -> Workspace:
        return self.on.workspace

    @property
    def bot(self) -> str:
        return self.on.app.bot_user

    def channel(self, name: str = "channel") -> Channel:
        """The conversation named by an argument, if the app may know of it (raises channel_not_found)."""
        found = self.workspace.channel(self.args.required(name, error="channel_not_found"))
        hidden = found is not None and found.kind is not ChannelKind.PUBLIC and self.bot not in found.members
        if found is None or hidden:
            raise ApiError("channel_not_found")
        return found

    def user(self, name: str = "user") -> Person:
        found = self.workspace.people.get(self.args.required(name, error="user_not_found"))
        if found is None:
            raise ApiError("user_not_found")
        return found

    def require(self, *scopes: str) -> None:
        """Hold one of *scopes* (raises missing_scope)."""
        if not self.on.app.scopes.intersection(scopes):
            raise missing_scope(self.on.app, scopes)


def missing_scope(app: Installation, scopes: tuple[str, ...]) -> ApiError:
    return ApiError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(app.scopes)))


Handler = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the table: name, how slack_sdk sends it, its tier, the scopes of which it needs one."""

    name: str
    handler: Handler
    transport: Transport
    tier: Tier
    scopes: tuple[str, ...] = ()
    token: TokenKind = TokenKind.BOT


def page(entries: list[Json], args: Args, *, default: int = 100, most: int = 1000) -> tuple[list[Json], str]:
    """One page of *entries* by limit and cursor, and the cursor of the next ("" at the end)."""
    limit = max(1, min(args.number("limit", default=default), most))
    cursor = args.text("cursor") or "0"
    start = int(cursor.removeprefix("next:")) if cursor.removeprefix("next:").isdecimal() else -1
    if start < 0 or (cursor != "0" and not cursor.startswith("next:")):
        raise ApiError("invalid_cursor")
    following = f"next:{start + limit}" if start + limit < len(entries) else ""
    return entries[start : start + limit], following
