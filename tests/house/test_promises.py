"""Every row of docs/promises.md names tests that exist, and nothing else."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLES = [line for line in (ROOT / "docs/promises.md").read_text().splitlines() if line.startswith("|")]
ROWS = [line for line in TABLES if "shown by" not in line and set(line) - set(" -:|")]
NAMED = re.compile(r"(?P<file>(?:tests|benchmarks)/[\w/.]+\.py)(?:::(?P<test>test_\w+))?")
MEASURED = "benchmarks/__main__.py"
"""Figures are printed, and no test."""


@cache
def run_from(file: str) -> frozenset[str]:
    """The functions that pytest runs; empty where there is no such file."""
    path = ROOT / file
    top = ast.parse(path.read_text()).body if path.is_file() else []
    functions = (node.name for node in top if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(name for name in functions if name.startswith("test_"))


def wrong_with(row: str) -> str:
    """Why the last column shows nothing; empty when it does."""
    named = re.findall(r"`([^`]+)`", row.rstrip("| ").rpartition("|")[2])
    if not named:
        return "no test is named"
    for one in named:
        found = NAMED.fullmatch(one)
        if found is None:
            return f"{one} is no test's name"
        if one != MEASURED and not run_from(found["file"]):
            return f"{found['file']} has no tests"
        if found["test"] and found["test"] not in run_from(found["file"]):
            return f"{one} is not there"
    return ""


@pytest.mark.parametrize("row", ROWS, ids=[row[2:62] for row in ROWS])
def test_every_promise_names_tests_that_exist(row: str) -> None:
    assert wrong_with(row) == ""


HERE = "tests/house/test_promises.py"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        pytest.param("| all is well | |", "no test is named", id="nothing"),
        pytest.param("| all is well | by hand |", "no test is named", id="words"),
        pytest.param("| all is well | `tests/house` |", "tests/house is no test's name", id="a folder"),
        pytest.param(f"| all is well | `{HERE}::wrong_with` |", f"{HERE}::wrong_with is no test's name", id="a helper"),
        pytest.param(
            f"| all is well | `{HERE}::test_gone` |", f"{HERE}::test_gone is not there", id="one that is gone"
        ),
        pytest.param("| all is well | `tests/gone.py` |", "tests/gone.py has no tests", id="a file that is gone"),
        pytest.param("| all is well | `tests/requirements.py` |", "tests/requirements.py has no tests", id="no tests"),
        pytest.param(f"| all `is` well | `{HERE}` |", "", id="a file of tests"),
    ],
)
def test_what_shows_nothing_is_found(row: str, wrong: str) -> None:
    assert wrong_with(row) == wrong
