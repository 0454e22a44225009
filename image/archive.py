"""Pack folders as the layers of one image, with the settings of a Dockerfile's last stage, and write a docker-archive.

usage: archive.py DOCKERFILE NAME FOLDER... >FILE
"""

import hashlib
import json
import platform
import shlex
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import IO, Any

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
CHUNK_BYTES = 1 << 20
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def last_stage(dockerfile: str) -> dict[str, Any]:
    """The image's settings, as a Docker engine would read them from the instructions after the last FROM."""
    settings: dict[str, Any] = {"Env": [f"PATH={SYSTEM_PATH}"], "ExposedPorts": {}}
    for line in dockerfile.rpartition("\nFROM ")[2].splitlines()[1:]:
        word, _, rest = line.partition(" ")
        match word:
            case "ENV":
                settings["Env"] += shlex.split(rest)
            case "ENTRYPOINT" | "CMD":
                settings[word.capitalize()] = json.loads(rest)
            case "USER":
                settings["User"] = rest
            case "WORKDIR":
                settings["WorkingDir"] = rest
            case "EXPOSE":
                settings["ExposedPorts"][f"{rest}/tcp"] = {}
            case "" | "#" | "COPY":
                pass
            case _:
                raise SystemExit(f"archive.py does not know the instruction {word}.")
    return settings


def layer(folder: Path, file: IO[bytes]) -> str:
    """Write *folder* as a layer, root's and without times, so that the same content has the same digest; return it."""

    def anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid = info.gid = info.mtime = 0
        info.uname = info.gname = ""
        if info.name == "tmp":
            info.mode = 0o1777
        return info

    with tarfile.open(fileobj=file, mode="w") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name, filter=anonymous)
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def add(tar: tarfile.TarFile, name: str, file: IO[bytes]) -> None:
    """Add all of *file*."""
    info = tarfile.TarInfo(name)
    info.size = file.seek(0, 2)
    file.seek(0)
    tar.addfile(info, file)


def add_json(tar: tarfile.TarFile, value: Any, name: str = "{digest}.json") -> str:
    """Add *value*; return the name it got."""
    encoded = json.dumps(value).encode()
    name = name.format(digest=hashlib.sha256(encoded).hexdigest())
    with tempfile.TemporaryFile() as file:
        file.write(encoded)
        add(tar, name, file)
    return name


def main() -> None:
    dockerfile, name, *folders = sys.argv[1:]
    digests = []
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as tar:
        for folder in folders:
            with tempfile.TemporaryFile() as file:
                digests.append(layer(Path(folder), file))
                add(tar, f"{digests[-1]}.tar", file)
        image = {
            "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "config": last_stage(Path(dockerfile).read_text()),
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        }
        config = add_json(tar, image)
        layers = [f"{digest}.tar" for digest in digests]
        add_json(tar, [{"Config": config, "RepoTags": [name], "Layers": layers}], "manifest.json")


if __name__ == "__main__":
    main()
