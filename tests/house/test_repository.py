"""The repository says nothing about the machine that it was written on, and what it says about itself is true."""

import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
THIS = Path(__file__).relative_to(ROOT)
PIP_FILES = (Path("/etc/pip.conf"), Path.home() / ".pip/pip.conf", Path.home() / ".config/pip/pip.conf")
INDEX_VARIABLES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "GOPROXY")

NAMES_AN_INDEX = re.compile(
    r"pypi\.org/simple|pythonhosted\.org|proxy\.golang\.org|registry\.npmjs\.org"
    r"|--(extra-)?index-url|--find-links|file:///"
)


def tracked() -> list[Path]:
    """List the tracked files that exist, without this one, which has to name what it looks for."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [Path(name) for name in names.split("\0") if name]
    return [path for path in paths if path != THIS and (ROOT / path).is_file()]


def text(path: Path) -> str:
    return (ROOT / path).read_text(errors="replace")


def of_this_machine() -> set[str]:
    """List what would give this machine away: its paths, its name, the hosts that it installs from."""
    settings = [os.environ.get(name, "") for name in INDEX_VARIABLES]
    settings += [file.read_text() for file in PIP_FILES if file.is_file()]
    hosts = {host for setting in settings for host in re.findall(r"https?://(?:[^/@\s]*@)?([^/:,\s]+)", setting)}
    name = socket.gethostname()
    return {f"{ROOT}/", f"{Path.home()}/", *hosts, *([name] if "." in name or "-" in name else [])}


def test_no_file_names_a_package_index() -> None:
    assert [str(path) for path in tracked() if NAMES_AN_INDEX.search(text(path))] == []


def test_no_file_names_this_machine() -> None:
    marks = of_this_machine()
    found = {str(path): [mark for mark in marks if mark in text(path)] for path in tracked()}
    assert {path: marks for path, marks in found.items() if marks} == {}


SCRIPTS = [path for path in tracked() if text(path).startswith("#!/usr/bin/env bash") or path.suffix == ".sh"]


@pytest.mark.parametrize("path", SCRIPTS, ids=str)
def test_a_shell_script_is_valid(path: Path) -> None:
    done = subprocess.run(["bash", "-n", ROOT / path], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_the_licence_is_apache_2() -> None:
    licence = text(Path("LICENSE"))
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
