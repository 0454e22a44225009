"""What is derived from the declarations is whole, minimal, and the same as the committed pages."""

from pathlib import Path

from bot.commands import COMMANDS
from bot.engine.parse import HelpWanted, Parsed, parse
from bot.engine.registry import Registry
from bot.manifest import OWN_ACCESS, VIRTUAL_GROUP, chart_rules, cluster_role_rules, commands_page, slack_manifest
from bot.spec import Change

ROOT = Path(__file__).parents[1]
FORBIDDEN = {"*", "escalate", "bind", "impersonate"}


def test_the_committed_commands_page_is_the_derived_one() -> None:
    assert (ROOT / "docs" / "commands.md").read_text() == commands_page(COMMANDS), "run ./run docs"


def test_the_committed_chart_grants_the_derived_rights() -> None:
    committed = (ROOT / "chart" / "files" / "cluster-role.yaml").read_text()
    assert committed == chart_rules(COMMANDS), "run ./run docs"


def test_the_cluster_role_holds_the_declared_rights_and_no_other() -> None:
    declared = {
        (rule.group, resource, verb)
        for rule in (*OWN_ACCESS, *(rule for command in COMMANDS for rule in (*command.access, *command.reads)))
        for resource in rule.resources
        for verb in rule.verbs
        if rule.group != VIRTUAL_GROUP
    }
    granted = {
        (group, resource, verb)
        for rule in cluster_role_rules(COMMANDS)
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    assert granted == declared
    assert not {verb for _, _, verb in granted} & FORBIDDEN
    assert not {resource for _, resource, _ in granted} & FORBIDDEN


def test_no_query_declares_a_right_to_write() -> None:
    writes = {"create", "update", "patch", "delete", "deletecollection"}
    for command in COMMANDS:
        if not isinstance(command, Change):
            verbs = {verb for rule in (*command.access, *command.reads) for verb in rule.verbs}
            assert not verbs & writes, f"{command.name} only reads"


def test_the_manifest_stays_inside_slacks_limits() -> None:
    manifest = slack_manifest()
    command = manifest["features"]["slash_commands"][0]
    assert len(command["command"]) <= 32
    assert len(command["usage_hint"]) <= 1000
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    assert command["should_escape"], "people and channels must arrive as ids"


def test_every_command_is_understood_by_its_own_examples() -> None:
    registry = Registry(COMMANDS)
    for command in COMMANDS:
        for example in command.examples:
            parsed = parse(example, registry)
            assert isinstance(parsed, Parsed), example
            assert parsed.command is command, example
        assert isinstance(parse(f"{command.name} --help", registry), HelpWanted)
