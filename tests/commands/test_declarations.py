"""Every command's declaration holds to what is derived from it."""

import importlib
import re
from pathlib import Path

import pytest

from bot import commands
from bot.commands import COMMANDS
from bot.spec import Access, AnyCommand, access
from tests.commands.asking import parsed

NAMES = [command.name for command in COMMANDS]
FILES = [path for path in Path(commands.__file__).parent.glob("*/*.py") if "COMMAND = " in path.read_text()]
HOMES = {path.stem.replace("_", " "): f"bot.commands.{path.parent.name}.{path.stem}" for path in FILES}
HOMES |= {name.replace(" ", "-"): home for name, home in HOMES.items()}
"""Name of a command → the module that it should be in."""
SENTENCE = re.compile(r"[A-Z][^.]*\.")


@pytest.fixture(params=COMMANDS, ids=NAMES)
def command(request: pytest.FixtureRequest) -> AnyCommand:
    found: AnyCommand = request.param
    return found


def single(rules: tuple[Access, ...]) -> set[tuple[str, str, str]]:
    """Group, resource and verb, one by one."""
    return {(rule.group, resource, verb) for rule in rules for resource in rule.resources for verb in rule.verbs}


def test_its_file_is_called_like_it(command: AnyCommand) -> None:
    module = importlib.import_module(HOMES[command.name])
    assert module.COMMAND is command


def test_no_command_is_left_out() -> None:
    assert len(FILES) == len(COMMANDS)


def test_its_summary_is_one_short_sentence(command: AnyCommand) -> None:
    assert SENTENCE.fullmatch(command.summary)
    assert len(command.summary) <= 90


def test_each_example_is_understood_as_this_command(command: AnyCommand) -> None:
    assert command.examples
    assert all(parsed(example).command is command for example in command.examples)


def test_a_call_never_needs_more_than_the_command_declares(command: AnyCommand) -> None:
    declared = single(command.access)
    for example in command.examples:
        if command.needs is not None:
            assert single(command.needs(parsed(example).args)) <= declared


def test_an_argument_explains_itself(command: AnyCommand) -> None:
    assert all(field.description for field in command.args.model_fields.values())


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("restart instance-worker", "deployments"),
        ("restart sts/postgres", "statefulsets"),
        ("rollback ds/agent", "daemonsets"),
        ("scale deploy/x --replicas 1", "deployments"),
    ],
)
def test_permission_is_asked_for_the_very_kind_that_is_written(line: str, kind: str) -> None:
    understood = parsed(line)
    assert understood.command.needs is not None
    asked = single(understood.command.needs(understood.args))
    assert ("apps", kind, "patch") in asked
    assert {resource for _, resource, verb in asked if verb == "patch" and "/" not in resource} == {kind}


def test_nothing_may_read_or_write_everything() -> None:
    everything = single(tuple(rule for command in COMMANDS for rule in (*command.access, *command.reads)))
    assert not {entry for entry in everything if "*" in entry}
    assert single((access("", ["secrets"], ["patch", "update", "delete", "create"]),)).isdisjoint(everything)
