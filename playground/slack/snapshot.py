"""A workspace as JSON and back, so that a demo can go on where it was left. Modals and ephemerals are not kept."""

import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from playground.slack.values import (
    Channel,
    ChannelKind,
    Edited,
    File,
    Json,
    Message,
    Person,
    Presence,
    Reaction,
    UserGroup,
    View,
    ViewType,
)
from playground.slack.workspace import Workspace

VERSION = 1


class BadSnapshot(ValueError):
    """The snapshot cannot be restored; str() is a sentence for people."""


def snapshot(workspace: Workspace) -> Json:
    """Everything that outlives a reload of the page."""
    return {
        "version": VERSION,
        "people": [asdict(person) for person in workspace.people.values()],
        "usergroups": [asdict(group) for group in workspace.usergroups.values()],
        "channels": [asdict(channel) for channel in workspace.channels.values()],
        "messages": [asdict(m) for channel in workspace.messages.values() for m in channel.values()],
        "files": [_file_json(file) for file in workspace.files.values()],
        "homes": [asdict(view) for view in workspace.homes.values()],
        "ids": workspace.ids.state(),
    }


def restore(workspace: Workspace, saved: Json) -> None:
    """Replace what *workspace* holds; every page is drawn anew (raises BadSnapshot, changing nothing)."""
    if saved.get("version") != VERSION:
        raise BadSnapshot("This snapshot was made by another version. Nothing was restored.")
    try:
        people = [Person(**entry | {"presence": Presence(entry["presence"])}) for entry in saved["people"]]
        groups = [UserGroup(**_tuples(entry, "users")) for entry in saved["usergroups"]]
        channels = [_channel(entry) for entry in saved["channels"]]
        messages = [_message(entry) for entry in saved["messages"]]
        files = [_file(entry) for entry in saved["files"]]
        homes = [View(**_tuples(entry, "blocks") | {"type": ViewType(entry["type"])}) for entry in saved["homes"]]
    except (KeyError, TypeError, ValueError) as error:
        raise BadSnapshot("This snapshot is damaged. Nothing was restored.") from error
    workspace.people = {person.id: person for person in people}
    workspace.usergroups = {group.id: group for group in groups}
    workspace.channels = {channel.id: channel for channel in channels}
    workspace.messages = {channel.id: {} for channel in channels}
    for message in messages:
        workspace.messages[message.channel][message.ts] = message
    workspace.files = {file.id: file for file in files}
    workspace.homes = {view.person: view for view in homes}
    workspace.ids.go_on(saved["ids"])
    workspace.reset()


def save(workspace: Workspace, path: Path) -> None:
    """Write a snapshot whole or not at all: only the owner may read it, for it holds what was said."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(snapshot(workspace)), encoding="utf-8")
    unfinished.replace(path)


def load(workspace: Workspace, path: Path) -> None:
    """Restore from a file (raises BadSnapshot)."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSnapshot(f"The snapshot {path} cannot be read. Nothing was restored.") from error
    restore(workspace, saved if isinstance(saved, dict) else {})


def _channel(entry: Json) -> Channel:
    return Channel(**_tuples(entry, "members", "pins", "bookmarks") | {"kind": ChannelKind(entry["kind"])})


def _message(entry: Json) -> Message:
    fields = _tuples(entry, "blocks", "attachments", "files", "reply_users")
    fields["reactions"] = tuple(Reaction(**_tuples(reaction, "users")) for reaction in entry["reactions"])
    fields["edited"] = Edited(**entry["edited"]) if entry["edited"] else None
    return Message(**fields)


def _file_json(file: File) -> Json:
    return asdict(file) | {"content": base64.b64encode(file.content).decode()}


def _file(entry: Json) -> File:
    shares = tuple((channel, ts) for channel, ts in entry["shares"])
    return File(**entry | {"content": base64.b64decode(entry["content"]), "shares": shares})


def _tuples(entry: Json, *names: str) -> dict[str, Any]:
    return entry | {name: tuple(entry[name]) for name in names}
