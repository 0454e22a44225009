"""The helper on a storage node, asked as a program: what lies in its folders cannot stop it from answering."""

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def cephq() -> ModuleType:
    """The helper's own file, which is no module of ours."""
    spec = importlib.util.spec_from_file_location("cephq", ROOT / "node" / "cephq.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SOUND = json.dumps({"bytes": 4, "sha256": "ab", "at": "2026-03-01T11:00:00Z"})
ODD = {
    "a list": "[1]",
    "a word": '"sha256"',
    "nothing": "null",
    "deeper than it is read": "[" * 4_000,
    "longer than it is read": '{"sha256": "' + "a" * 10_000,
    "no text": b"\xff\xfe",
    "empty": "",
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD.keys())
def test_a_manifest_that_is_none_hides_no_other(cephq: ModuleType, tmp_path: Path, content: str | bytes) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    for name, text in (("a", content), ("b", SOUND)):
        (folder / f"{name}.json").write_bytes(text.encode() if isinstance(text, str) else text)
        (folder / f"{name}.tar.gz").write_bytes(b"1234")
    assert list(cephq.manifests(str(tmp_path))) == [["acme", "b", 4, "ab", "2026-03-01T11:00:00Z"]]


def test_what_is_no_file_is_neither_followed_nor_waited_for(cephq: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    secret = tmp_path / "secret.json"
    secret.write_text(SOUND)
    (folder / "link.json").symlink_to(secret)
    (folder / "folder.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    for name in ("link", "folder", "pipe"):
        (folder / f"{name}.tar.gz").write_bytes(b"1234")
    (tmp_path / "globex").symlink_to(folder)
    assert list(cephq.manifests(str(tmp_path))) == []


def test_the_locks_of_root_lie_where_nobody_else_can_hold_them(
    cephq: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CEPHQ_LOCKS", raising=False)
    assert cephq.locks_of(0) == "/run"
    assert cephq.locks_of(1000) == "/run/lock"
