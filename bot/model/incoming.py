"""What comes from Slack, parsed once at the edge; stored in the inbox as JSON and handled from there."""

from datetime import datetime

import msgspec


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who did it, where and when; the ids are Slack's, checked against our own app and team at the edge."""

    key: str
    """Dedupe key: trigger_id, action key, view key or event id; the same on each delivery of the same deed."""
    team_id: str
    user_id: str
    channel: str
    """Empty for deeds without a channel (App Home, a modal)."""
    at: datetime
    thread_ts: str = ""
    is_external: bool = False
    """Slack said by itself that the channel is shared with another workspace; where it does not say, it is asked."""
    message_ts: str = ""
    """The message that it was written in, where it was one."""


class Command(msgspec.Struct, frozen=True, tag="command"):
    """A line to run: slash command, @mention, DM, or the line behind one of our buttons."""

    origin: Origin
    text: str


class Click(msgspec.Struct, frozen=True, tag="click", omit_defaults=True):
    """A button or menu on a message of ours."""

    origin: Origin
    action: str
    """Our action_id's first part: approve, deny, cancel, details, run, page, …"""
    value: str
    """Opaque: an operation id or a button id; nothing else is believed."""
    message_ts: str = ""
    view_id: str = ""
    """The modal that it was made in, or that opens as a placeholder for it."""
    fields: dict[str, str] = {}
    """Of a click in a modal: what stood in its inputs, name → text."""
    is_on_whisper: bool = False
    """On a message that only this person sees: Slack keeps none of those, and we have no record where they stand."""


class Submission(msgspec.Struct, frozen=True, tag="submission", omit_defaults=True):
    """A modal of ours was submitted."""

    origin: Origin
    callback: str
    """What the modal is for: approve, deny, run, …"""
    value: str
    """Opaque id from private_metadata; looked up, never believed."""
    view_id: str
    fields: dict[str, str] = {}
    """Input name → text, as typed."""


class HomeOpened(msgspec.Struct, frozen=True, tag="home"):
    """A person looks at the App Home."""

    origin: Origin


Incoming = Command | Click | Submission | HomeOpened
