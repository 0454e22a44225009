"""./run: one clear sentence when it cannot go on, and no work when nothing changed."""

import os
import shutil
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = ("demo", "test", "lint", "bench", "docs", "bot")
TOOLS = ("bash", "dirname", "cksum", "cat", "tr", "sed", "grep", "cut", "rm", "tail", "flock")


def run(folder: Path, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"PATH": str(path)} if path else {})
    return subprocess.run([folder / "run", *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what ./run reads, in a folder whose name has a space."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    for name in ("run", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with the tools of any system and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    return folder


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_it_explains_itself() -> None:
    explained = run(ROOT)
    assert explained.returncode == 0
    assert all(f"./run {command}" in explained.stdout for command in COMMANDS)


def test_an_unknown_command_is_named(checkout: Path) -> None:
    refused = run(checkout, "dmeo")
    assert refused.returncode == 1
    assert refused.stderr.endswith("run: there is no command 'dmeo'.\n")


def test_without_a_python_it_says_so(checkout: Path, tools: Path) -> None:
    assert last_line(run(checkout, "test", path=tools)).startswith("run: no Python 3.11 or newer runs here.")


def test_a_shim_that_does_not_run_is_passed_over(checkout: Path, tools: Path) -> None:
    program(tools / "python3.13", "echo 'command not found' >&2; exit 127")
    program(tools / "python3", 'echo "tried $*" >&2; [ "$1" = -c ] || { echo "Network is unreachable"; exit 1; }')
    assert last_line(run(checkout, "test", path=tools)).startswith("run: the package index cannot be reached")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "run: the disk is full"),
        ("Temporary failure in name resolution", "run: the package index cannot be reached"),
        ("error: client error (Connect)\ntcp connect error: Connection refused", "run: the package index cannot be"),
        ("Error: Command [..., '-m', 'ensurepip'] returned 1", "cannot make virtual environments. Install its venv"),
        ("Read-only file system", ".venv cannot be written to."),
        ("something odd\n\n", "run: installing failed: something odd. Remove .venv and try again."),
    ],
    ids=["disk full", "no name", "refused", "no venv", "read-only", "anything else"],
)
def test_what_an_installer_prints_becomes_one_sentence(checkout: Path, tools: Path, output: str, sentence: str) -> None:
    program(tools / "python3", f"[ \"$1\" = -c ] || {{ cat <<'END'\n{output}\nEND\nexit 1; }}")
    refused = run(checkout, "demo", path=tools)
    assert refused.returncode == 1
    assert sentence in last_line(refused)


def test_a_pyproject_that_cannot_be_read_takes_nothing_away(checkout: Path) -> None:
    venv.create(checkout / ".venv", symlinks=True)
    installed = checkout / ".venv" / "installed"
    installed.touch()
    (checkout / "pyproject.toml").write_text("<<<<<<< ours\n")
    refused = run(checkout, "test")
    assert last_line(refused) == "run: pyproject.toml cannot be read. Nothing was installed."
    assert installed.exists()


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.rstrip("\n").rpartition("\n")[2]


@pytest.mark.parametrize("document", list(ROOT.glob("README.md")), ids=lambda path: path.name)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_every_command(document: Path, command: str) -> None:
    assert f"./run {command}" in document.read_text()
