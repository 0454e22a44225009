"""What goes into the image: pinned and hashed, the bot's own dependencies only, packed as the Dockerfile says."""

import io
import json
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = (ROOT / "image" / "requirements.txt").read_text()
PINS = dict(re.findall(r"^([\w.-]+)==(\S+)", REQUIREMENTS, re.MULTILINE))
ARCHIVE = (sys.executable, ROOT / "image" / "archive.py")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", one, maxsplit=1)[0].lower() for one in requirements}


def test_every_pin_is_the_one_that_the_tests_run_with() -> None:
    constraints = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    assert {name: constraints.get(name) for name in PINS} == PINS


def test_every_pin_is_hashed() -> None:
    entries = re.split(r"^(?=[\w.-]+==)", REQUIREMENTS, flags=re.MULTILINE)[1:]
    assert len(entries) == len(PINS)
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_it_holds_every_dependency_of_the_bot_and_none_of_demo_and_tests() -> None:
    extras = names([one for extra in PROJECT["optional-dependencies"].values() for one in extra])
    assert names(PROJECT["dependencies"]) <= PINS.keys()
    assert not extras & PINS.keys()


@pytest.fixture
def archive(tmp_path: Path) -> tarfile.TarFile:
    return opened(packed(tmp_path))


def opened(tar: bytes) -> tarfile.TarFile:
    return tarfile.open(fileobj=io.BytesIO(tar))


def packed(folder: Path) -> bytes:
    """An image of two layers, by the Dockerfile."""
    for layer, file in (("base", "usr/bin/python3"), ("content", "opt/saas-bot/bot/app.py")):
        path = folder / layer / file
        path.parent.mkdir(parents=True)
        path.write_text(layer)
    (folder / "base" / "tmp").mkdir()
    layers = (folder / "base", folder / "content")
    return subprocess.run([*ARCHIVE, ROOT / "Dockerfile", "bot:1", *layers], capture_output=True, check=True).stdout


def content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None
    return file.read()


def test_the_settings_are_those_of_the_dockerfiles_last_stage(archive: tarfile.TarFile) -> None:
    (manifest,) = json.loads(content(archive, "manifest.json"))
    config = json.loads(content(archive, manifest["Config"]))["config"]
    assert manifest["RepoTags"] == ["bot:1"]
    assert (config["Entrypoint"], config["Cmd"]) == (["python3", "-m", "bot"], ["run"])
    assert (config["User"], config["WorkingDir"]) == ("10001:10001", "/opt/saas-bot")
    assert config["ExposedPorts"] == {"8080/tcp": {}}
    assert "PYTHONPATH=/opt/saas-bot/packages" in config["Env"]


def test_each_folder_is_a_layer_that_belongs_to_root(archive: tarfile.TarFile) -> None:
    (manifest,) = json.loads(content(archive, "manifest.json"))
    base, added = (opened(content(archive, name)) for name in manifest["Layers"])
    assert content(added, "opt/saas-bot/bot/app.py") == b"content"
    assert base.getmember("tmp").mode == 0o1777
    assert {(member.uid, member.mtime) for member in (*base.getmembers(), *added.getmembers())} == {(0, 0)}


def test_the_same_content_is_the_same_image(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert packed(first) == packed(second)


def test_an_instruction_that_is_not_known_is_refused(tmp_path: Path) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM a AS b\nRUN x\n\nFROM a\nVOLUME /data\n")
    done = subprocess.run([*ARCHIVE, dockerfile, "bot:1"], capture_output=True, text=True, check=False)
    assert (done.returncode, "VOLUME" in done.stderr) == (1, True)
