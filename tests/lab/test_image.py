"""image.py writes what containerd imports: one busybox under many names."""

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

IMAGE = Path(__file__).parents[2] / "lab" / "kubelab" / "image.py"


def written(tmp_path: Path, *arguments: str) -> tarfile.TarFile:
    busybox = tmp_path / "busybox"
    busybox.write_bytes(b"\x7fELF")
    done = subprocess.run([sys.executable, IMAGE, busybox, *arguments], capture_output=True, check=True)
    return tarfile.open(fileobj=io.BytesIO(done.stdout))


def content(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    assert file is not None
    return file.read()


def test_one_archive_carries_all_names_and_the_command(tmp_path: Path) -> None:
    tar = written(tmp_path, "host:5000/odoo", "redis:7", "--", "/bin/sh", "-c", "exit 3")
    (manifest,) = json.loads(content(tar, "manifest.json"))
    assert manifest["RepoTags"] == ["host:5000/odoo:latest", "redis:7"]
    assert json.loads(content(tar, manifest["Config"]))["config"]["Cmd"] == ["/bin/sh", "-c", "exit 3"]


def test_the_layer_holds_busybox_and_its_applets(tmp_path: Path) -> None:
    tar = written(tmp_path, "any", "--", "true")
    (manifest,) = json.loads(content(tar, "manifest.json"))
    with tarfile.open(fileobj=io.BytesIO(content(tar, manifest["Layers"][0]))) as layer:
        assert content(layer, "bin/busybox") == b"\x7fELF"
        assert layer.getmember("bin/sh").linkname == "busybox"
        assert layer.getmember("tmp").mode == 0o1777
