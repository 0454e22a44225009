"""Every dependency is explained, pinned, and asked for by something."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def name(requirement: str) -> str:
    """Return the name in a requirement, in the spelling of an index: lower case, dashes."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


REQUIREMENTS = [*PROJECT["dependencies"], *chain.from_iterable(PROJECT["optional-dependencies"].values())]
DIRECT = sorted({name(requirement) for requirement in REQUIREMENTS} - {PROJECT["name"]})
PINNED = {name(line) for line in (ROOT / "constraints.txt").read_text().splitlines()}


@pytest.mark.parametrize("dependency", DIRECT)
def test_a_dependency_is_explained(dependency: str) -> None:
    assert f"**{dependency}**" in (ROOT / "docs/dependencies.md").read_text()


@pytest.mark.parametrize("dependency", DIRECT)
def test_a_dependency_is_pinned(dependency: str) -> None:
    assert dependency in PINNED


def test_every_pin_is_exact() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if not re.match(r"^[\w.-]+==[\w.]+( ; .+)?$", line)] == []


def test_nothing_that_is_gone_is_still_explained() -> None:
    explained = set(re.findall(r"^\| \*\*([\w.-]+)\*\* ", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE))
    assert explained - set(DIRECT) == set()
