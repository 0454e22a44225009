"""Every test that docs/promises.md names exists, and every promise names one."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    (promise, shown)
    for promise, shown in re.findall(r"^\|(.+)\|([^|]+)\|$", (ROOT / "docs/promises.md").read_text(), re.MULTILINE)
    if set(promise) - set(" -:|") and "shown by" not in shown
]
NAMED = re.compile(r"`((?:tests|benchmarks|lab)/[\w/.]+)(?:::(\w+))?`")


def functions(path: Path) -> set[str]:
    found = ast.walk(ast.parse(path.read_text()))
    return {node.name for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("promise", "shown"), ROWS, ids=[promise.strip()[:60] for promise, _ in ROWS])
def test_every_promise_names_tests_that_exist(promise: str, shown: str) -> None:
    named = NAMED.findall(shown)
    assert named, f"{promise} names no test"
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).exists() or (name and name not in functions(ROOT / file))
    ]
    assert missing == []
