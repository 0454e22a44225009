"""The manifest: what is taken from it, and how a bad one is refused."""

from pathlib import Path

import pytest

from playground.slack.manifest import BadManifest, load_manifest, parse_manifest
from tests.playground.slack.app import MANIFEST, Json

YAML = """
display_information: {name: SaaS}
features:
  bot_user: {display_name: saas}
  slash_commands:
    - {command: /saas, usage_hint: help, should_escape: true}
settings:
  socket_mode_enabled: true
  event_subscriptions: {bot_events: [app_mention]}
oauth_config: {scopes: {bot: [commands], bot_optional: [pins:write]}}
"""


def test_a_manifest_is_read_from_yaml(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text(YAML)
    manifest = load_manifest(path)
    command = manifest.command("/saas")
    assert command is not None
    assert (command.usage_hint, command.should_escape) == ("help", True)
    assert manifest.bot_scopes == {"commands", "pins:write"}
    assert manifest.bot_events == {"app_mention"}
    assert (manifest.bot_display_name, manifest.socket_mode, manifest.home_tab) == ("saas", True, False)


def test_shortcuts_are_told_apart() -> None:
    manifest = parse_manifest(MANIFEST)
    kinds = {shortcut.callback_id: shortcut.on_message for shortcut in manifest.shortcuts}
    assert kinds == {"alert_actions": True, "open_console": False}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is neither YAML nor JSON"),
        ("- a list", "the manifest is not a mapping"),
        ("features: [x]", "features is not a mapping"),
        ("features: {slash_commands: [{command: saas}]}", "names the slash command 'saas'"),
    ],
    ids=["no YAML", "a list", "wrong part", "command without slash"],
)
def test_a_bad_manifest_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text(text)
    with pytest.raises(BadManifest, match=said):
        load_manifest(path)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadManifest, match="cannot be read"):
        load_manifest(tmp_path / "nothing.yaml")


def test_an_empty_manifest_declares_nothing() -> None:
    empty: Json = {}
    manifest = parse_manifest(empty)
    assert (manifest.name, manifest.commands, manifest.socket_mode) == ("App", (), False)
