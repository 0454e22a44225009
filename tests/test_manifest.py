"""What is derived from the declarations is whole, minimal, and the same as the committed pages."""

from collections import Counter
from pathlib import Path

import pytest

from bot.commands import COMMANDS
from bot.engine.parse import HelpWanted, Parsed, parse
from bot.engine.registry import Registry
from bot.manifest import commands_page, slack_manifest
from bot.rights import (
    CHART_FILES,
    CLOSE,
    LOOKING,
    OF_PEOPLE,
    OWN_ACCESS,
    VIRTUAL_GROUP,
    Right,
    chart_rules,
    everywhere,
    roles,
)
from bot.spec import Change

ROOT = Path(__file__).parents[1]
FORBIDDEN = {"*", "escalate", "bind", "impersonate"}
REVIEWING = "authorization.k8s.io"


def test_the_committed_commands_page_is_the_derived_one() -> None:
    assert (ROOT / "docs" / "commands.md").read_text() == commands_page(COMMANDS), "run ./run docs"


@pytest.mark.parametrize("name", CHART_FILES)
def test_the_committed_chart_grants_the_derived_rights(name: str) -> None:
    committed = (ROOT / "chart" / "files" / name).read_text()
    assert committed == chart_rules(CHART_FILES[name](COMMANDS)), "run ./run docs"


def test_the_roles_hold_the_declared_rights_and_no_other() -> None:
    declared = {
        Right(rule.group, resource, verb)
        for rule in (*OWN_ACCESS, *(rule for command in COMMANDS for rule in (*command.access, *command.reads)))
        for resource in rule.resources
        for verb in rule.verbs
        if rule.group != VIRTUAL_GROUP and (rule.group, resource) not in OF_PEOPLE
    }
    granted = [
        Right(group, resource, verb)
        for role in roles(COMMANDS)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    ]
    assert Counter(granted) == Counter(declared), "each right is in one role"
    assert not {right.verb for right in granted} & FORBIDDEN
    assert not {right.resource for right in granted} & FORBIDDEN


def test_in_the_whole_cluster_the_bot_only_looks() -> None:
    strong = [right for right in everywhere(COMMANDS) if right.verb not in LOOKING]
    assert strong == [Right("authorization.k8s.io", "subjectaccessreviews", "create")]
    assert not {right.resource for right in everywhere(COMMANDS)} & CLOSE


def test_no_query_declares_a_right_to_write() -> None:
    writes = {"create", "update", "patch", "delete", "deletecollection"}
    for command in COMMANDS:
        if not isinstance(command, Change):
            verbs = {
                verb
                for rule in (*command.access, *command.reads)
                for resource in rule.resources
                for verb in rule.verbs
                if rule.group != REVIEWING  # a review is created, and nothing is kept of it
            }
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
