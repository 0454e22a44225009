"""An app manifest: which commands, shortcuts, events and scopes the app has declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class BadManifest(ValueError):
    """The manifest cannot be used; str() is a sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlashCommand:
    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    name: str
    callback_id: str
    on_message: bool
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    name: str
    bot_display_name: str
    commands: tuple[SlashCommand, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    bot_events: frozenset[str] = frozenset()
    bot_scopes: frozenset[str] = frozenset()
    socket_mode: bool = True
    home_tab: bool = False
    messages_tab: bool = True
    request_url: str | None = None

    def command(self, name: str) -> SlashCommand | None:
        return next((command for command in self.commands if command.command == name), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        return next((shortcut for shortcut in self.shortcuts if shortcut.callback_id == callback_id), None)


def load_manifest(path: Path) -> Manifest:
    """Read a manifest file, YAML or JSON (which is YAML too)."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadManifest(f"The manifest {path} cannot be read: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise BadManifest(f"The manifest {path} is neither YAML nor JSON.") from error
    return parse_manifest(document)


def parse_manifest(document: object) -> Manifest:
    """Take from a manifest what the practice Slack enforces."""
    root = _mapping(document, "the manifest")
    features, settings = _mapping(root.get("features"), "features"), _mapping(root.get("settings"), "settings")
    scopes = _mapping(_mapping(root.get("oauth_config"), "oauth_config").get("scopes"), "oauth_config.scopes")
    subscriptions = _mapping(settings.get("event_subscriptions"), "settings.event_subscriptions")
    home = _mapping(features.get("app_home"), "features.app_home")
    name = str(_mapping(root.get("display_information"), "display_information").get("name", "App"))
    bot_user = _mapping(features.get("bot_user"), "features.bot_user")
    return Manifest(
        name=name,
        bot_display_name=str(bot_user.get("display_name", name)),
        commands=tuple(_command(entry) for entry in features.get("slash_commands") or ()),
        shortcuts=tuple(_shortcut(entry) for entry in features.get("shortcuts") or ()),
        bot_events=frozenset(subscriptions.get("bot_events") or ()),
        bot_scopes=frozenset([*(scopes.get("bot") or ()), *(scopes.get("bot_optional") or ())]),
        socket_mode=bool(settings.get("socket_mode_enabled", False)),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        request_url=_mapping(settings.get("interactivity"), "settings.interactivity").get("request_url"),
    )


def _command(entry: object) -> SlashCommand:
    fields = _mapping(entry, "features.slash_commands[]")
    command = str(fields.get("command", ""))
    if not command.startswith("/") or len(command) > 32 or " " in command:
        raise BadManifest(f"The manifest names the slash command {command!r}: it takes a slash and up to 31 letters.")
    return SlashCommand(
        command=command,
        description=str(fields.get("description", "")),
        usage_hint=str(fields.get("usage_hint", "")),
        should_escape=bool(fields.get("should_escape", False)),
    )


def _shortcut(entry: object) -> Shortcut:
    fields = _mapping(entry, "features.shortcuts[]")
    return Shortcut(
        name=str(fields.get("name", "")),
        callback_id=str(fields.get("callback_id", "")),
        on_message=fields.get("type") == "message",
        description=str(fields.get("description", "")),
    )


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadManifest(f"In the manifest, {where} is not a mapping.")
    return value
